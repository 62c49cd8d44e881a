package web

// Kinds of a Field.
const (
	KindText     = "text"
	KindEmail    = "email"
	KindPassword = "password"
	KindSelect   = "select"
	KindRadio    = "radio"
	KindCheckbox = "checkbox"
	KindArea     = "textarea"
)

// Field is one field of a form. Its words are in the reader's language.
type Field struct {
	Name, Kind   string
	Label, Hint  string
	Value        string // what was filled in; the chosen option; "on" for a ticked box
	Autocomplete string // the token of HTML for the browser's own help
	Required     bool
	Max          int // the longest value in characters, 0 for no limit
	Options      []Option
	Problem      string // why the value was refused, "" if it was not
}

// Option is one choice of a select or of radio buttons.
type Option struct{ Value, Label, Hint string }

// id is the field's id on the page, where the error summary leads.
func (f Field) id() string { return "f-" + f.Name }

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

// SignUpFields are the fields of the sign-up form: role (mentee or mentor),
// name, email, password, organization, country (CA, MX, US) and terms. Values
// are what was filled in and problems, in the reader's language, why it was
// refused, both by field name and both may be nil. A password is never filled
// in again.
func SignUpFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	fields := []Field{
		{Name: "role", Kind: KindRadio, Label: p.T("signup.role"), Required: true, Options: []Option{
			{"mentee", p.T("signup.mentee"), p.T("signup.mentee_hint")},
			{"mentor", p.T("signup.mentor"), p.T("signup.mentor_hint")},
		}},
		{Name: "name", Kind: KindText, Label: p.T("signup.name"), Hint: p.T("signup.name_hint"), Autocomplete: "name", Required: true, Max: 120},
		{Name: "email", Kind: KindEmail, Label: p.T("form.email"), Hint: p.T("signup.email_hint"), Autocomplete: "email", Required: true, Max: 254},
		PasswordField(lang),
		{
			Name: "organization", Kind: KindText, Label: p.T("signup.organization"), Hint: p.T("signup.organization_hint"),
			Autocomplete: "organization", Max: 120,
		},
		{Name: "country", Kind: KindSelect, Label: p.T("signup.country"), Required: true, Options: []Option{
			{"", p.T("form.choose"), ""},
			{"CA", p.T("country.canada"), ""},
			{"MX", p.T("country.mexico"), ""},
			{"US", p.T("country.united_states"), ""},
		}},
		{Name: "terms", Kind: KindCheckbox, Label: p.T("signup.terms"), Required: true},
	}
	return fill(fields, values, problems)
}

// PasswordField is the field, password, in which a new password is chosen.
func PasswordField(lang string) Field {
	p := Page{Lang: lang}
	return Field{
		Name: "password", Kind: KindPassword, Label: p.T("form.password"), Hint: p.T("form.password_hint"),
		Autocomplete: "new-password", Required: true, Max: 256,
	}
}

// fill puts what was filled in, but for passwords, and what was wrong with it
// into fields.
func fill(fields []Field, values, problems map[string]string) []Field {
	for i := range fields {
		f := &fields[i]
		f.Problem = problems[f.Name]
		if f.Kind != KindPassword {
			f.Value = values[f.Name]
		}
	}
	return fields
}
