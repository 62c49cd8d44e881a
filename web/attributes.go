package web

import (
	"strings"

	"github.com/a-h/templ"
)

// current marks the link of the page that is shown.
func current(is bool, value string) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": value}
}

// formID is the id of a form, if it has one.
func formID(id string) templ.Attributes {
	if id == "" {
		return nil
	}
	return templ.Attributes{"id": id}
}

// description is what assistive technology and the browser are told of a
// field: the notes beside it, whether it was refused, how long it may be and
// what it is for.
func description(f Field) templ.Attributes {
	out := templ.Attributes{}
	if ids := f.described(); ids != "" {
		out["aria-describedby"] = ids
	}
	if f.group() {
		return out
	}
	if f.Problem != "" {
		out["aria-invalid"] = "true"
	}
	switch {
	case f.Kind == KindNumber && f.Max > f.Min:
		out["min"], out["max"] = itoa(f.Min), itoa(f.Max)
	case f.Kind != KindNumber && f.Max > 0:
		out["maxlength"] = itoa(f.Max)
	}
	if f.Autocomplete != "" {
		out["autocomplete"] = f.Autocomplete
	}
	return out
}

// language is the lang attribute of a text that is not in the page's language.
func (p Page) language(lang string) templ.Attributes {
	if lang == "" || lang == p.Lang {
		return nil
	}
	return templ.Attributes{"lang": lang}
}

// optionID is the id of a box or button of a group; the first has the field's own, where
// the error summary leads.
func optionID(f Field, n int) string {
	if n == 0 {
		return f.id()
	}
	return f.id() + "-" + itoa(n+1)
}

// entryClass names how many lists stand in a row of a form.
func entryClass(lists int) string { return "of" + itoa(lists) }

// groupID is the id of the nth group of a long form.
func groupID(n int) string { return "g-" + itoa(n+1) }

// rowID is the id of the nth row of the table of pairs.
func rowID(n int) string { return "p-" + itoa(n+1) }

// toneClass is one of three tones of initials, so that neighbours differ.
func toneClass(n int) string { return [...]string{"a", "b", "c"}[n%3] }

func upper(lang string) string { return strings.ToUpper(lang) }
