package web

// Admin is a page of administrators about one thing, or about all of a kind:
// facts, lists and forms. All words but names are in the reader's language.
type Admin struct {
	Page
	Back  Link   // to the list that it is from; none without a path
	Title string // perhaps a name
	Text  string // what the page is for
	Stale string // why what was filled in was not stored, if somebody else was faster
	Chips []Chip
	Facts []Fact
	Links []Link
	Parts []AdminPart
	Side  []AdminPart // beside the others where there is room
}

// AdminPart is a list, a form, or both.
type AdminPart struct {
	Title, Text string
	Find        Confirm // a form that only asks; none without a button
	Rows        []AdminRow
	None        string // what is said of an empty list
	More        Link   // to the rest of the list; none without a path
	Form        Confirm
}

// AdminRow is one thing of a list.
type AdminRow struct {
	Name    string
	Path    string // where there is more about it, "" for nowhere
	Chips   []Chip
	Facts   []string
	Actions []Action
}

// Chip is a word about how something stands. Warn marks what needs a look.
type Chip struct {
	Text string
	Warn bool
}

// fields are the fields of all forms that change something.
func (v Admin) fields() (out []Field) {
	for _, parts := range [][]AdminPart{v.Parts, v.Side} {
		for _, part := range parts {
			out = append(out, part.Form.Fields...)
		}
	}
	return out
}

// LanguageField asks for one of the languages of the pages.
func LanguageField(name, label string) Field {
	f := Field{Name: name, Kind: KindSelect, Label: label, Required: true}
	for _, lang := range Languages {
		f.Options = append(f.Options, Option{Value: lang, Label: languageNames[lang]})
	}
	return f
}

// CountryField asks for one of the three countries.
func CountryField(lang, name string) Field {
	p := Page{Lang: lang}
	f := Field{Name: name, Kind: KindSelect, Label: p.T("edit.country"), Required: true, Options: []Option{{Label: p.T("form.choose")}}}
	for _, code := range []string{"CA", "MX", "US"} {
		f.Options = append(f.Options, Option{Value: code, Label: p.country(code)})
	}
	return f
}

// Fill puts what was filled in, and what was wrong with it, into fields, by
// their names.
func Fill(values, problems map[string]string, fields ...Field) []Field {
	return fill(values, problems, fields...)
}
