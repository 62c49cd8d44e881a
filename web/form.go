package web

import (
	"slices"
	"strings"
)

// Kinds of a Field.
const (
	KindText       = "text"
	KindEmail      = "email"
	KindPassword   = "password"
	KindNumber     = "number"
	KindDate       = "date" // as YYYY-MM-DD
	KindSelect     = "select"
	KindRadio      = "radio"
	KindCheckbox   = "checkbox"   // one box
	KindCheckboxes = "checkboxes" // one for each option, all of the same name
	KindArea       = "textarea"
	KindRows       = "rows" // several rows of lists; the names and values are those of the rows' own fields
)

// Field is one field of a form. Its words are in the reader's language.
type Field struct {
	Name, Kind   string // no other field of the page has the name
	Label, Hint  string
	Value        string   // what was filled in; the chosen option; "on" for a ticked box
	Values       []string // of checkboxes, the ticked options
	Autocomplete string   // the token of HTML for the browser's own help
	Required     bool
	Min, Max     int       // of a number, the least and the most if Max is more than Min; of a text, Max is the most characters, 0 for no limit
	Half         bool      // stands beside another such field where there is room for two
	Options      []Option  // of a select, radio buttons or checkboxes
	Rows         [][]Field // of rows, the lists of each row
	Problem      string    // why the value was refused, "" if it was not
}

// manyOptions are more boxes than can be large.
const manyOptions = 12

// Option is one choice of a field. Neighbours with the same Group stand below
// its name in a select.
type Option struct{ Value, Label, Hint, Group string }

// id is the field's id on the page, where the error summary leads; of rows it
// is that of the first list.
func (f Field) id() string {
	if len(f.Rows) > 0 {
		return f.Rows[0][0].id()
	}
	return "f-" + f.Name
}

// name is the label as the beginning of a sentence.
func (f Field) name() string { return strings.TrimSuffix(f.Label, ".") }

// group says whether the field is several lists, boxes or buttons.
func (f Field) group() bool {
	return f.Kind == KindRadio || f.Kind == KindCheckboxes || f.Kind == KindRows
}

// optionGroups are the options of a select by their groups.
func (f Field) optionGroups() (out [][]Option) {
	for i, o := range f.Options {
		if i == 0 || o.Group != f.Options[i-1].Group {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], o)
	}
	return out
}

// chosen says whether an option is among what was filled in.
func (f Field) chosen(o Option) bool {
	if f.Kind == KindCheckboxes {
		return slices.Contains(f.Values, o.Value)
	}
	return o.Value == f.Value
}

// optionType is the type of the inputs of a group.
func (f Field) optionType() string {
	if f.Kind == KindCheckboxes {
		return KindCheckbox
	}
	return KindRadio
}

// described names the elements that say more about the field.
func (f Field) described() string {
	switch {
	case f.Hint != "" && f.Problem != "":
		return f.id() + "-hint " + f.id() + "-problem"
	case f.Hint != "":
		return f.id() + "-hint"
	case f.Problem != "":
		return f.id() + "-problem"
	}
	return ""
}

// refused are the fields with a problem.
func refused(fields []Field) (out []Field) {
	for _, f := range fields {
		if f.Problem != "" {
			out = append(out, f)
		}
	}
	return out
}

// title is the title of a page with a form: it says first that something was
// refused.
func (p Page) title(title string, fields []Field) string {
	if len(refused(fields)) > 0 {
		return p.T("form.error_title", "Title", title)
	}
	return title
}

// PasswordField is the field, password, in which a new password is chosen.
func PasswordField(lang string) Field {
	p := Page{Lang: lang}
	return Field{
		Name: "password", Kind: KindPassword, Label: p.T("form.password"), Hint: p.T("form.password_hint"),
		Autocomplete: "new-password", Required: true, Max: 1024,
	}
}

// fill puts what was filled in, but for passwords, and what was wrong with it
// into fields. Ticked boxes have commas between them.
func fill(values, problems map[string]string, fields ...Field) []Field {
	for i := range fields {
		f := &fields[i]
		f.Problem = problems[f.Name]
		if f.Kind != KindPassword {
			f.Value = values[f.Name]
		}
		if f.Kind == KindCheckboxes && f.Value != "" {
			f.Values = strings.Split(f.Value, ",")
		}
	}
	return fields
}
