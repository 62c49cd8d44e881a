package web

// Landing is the first page, with the sign-up form. If a field of the form
// was refused, the page is the form alone.
type Landing struct {
	Page
	SignUp    string  // where the form posts to
	Fields    []Field // see SignUpFields
	Begun     bool    // the page is the form alone, since somebody is at it
	Privacy   string  // path of the privacy notice
	Figures   []Figure
	FiguresOf string // whose figures these are and from when
}

// Figure is a number with what it counts, both in the reader's language.
type Figure struct{ Value, Text string }

// SignUpForm is the id of the form.
const SignUpForm = "signup"

// alone says whether the page is the form alone.
func (v Landing) alone() bool { return v.Begun || len(refused(v.Fields)) > 0 }

// landingNav leads to the parts of the first page where it has no other
// navigation.
func (v Landing) landingNav() Page {
	p := v.Page
	if len(p.Nav) == 0 && !v.alone() {
		p.Nav = []Link{{Text: p.T("landing.nav_how"), Path: "#how"}, {Text: p.T("landing.nav_join"), Path: "#join"}}
	}
	return p
}

// SignUpFields are the fields of the sign-up form: role (mentee, mentor or both),
// name, email, password, organization, country (CA, MX, US) and terms. Values
// are what was filled in and problems, in the reader's language, why it was
// refused, both by field name and both may be nil. A password is never filled
// in again.
func SignUpFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	return fill(values, problems,
		RoleField(lang),
		Field{
			Name: "name", Kind: KindText, Label: p.T("signup.name"), Hint: p.T("signup.name_hint"),
			Autocomplete: "name", Required: true, Max: 120,
		},
		Field{
			Name: "email", Kind: KindEmail, Label: p.T("form.email"), Hint: p.T("signup.email_hint"),
			Autocomplete: "email", Required: true, Max: 254,
		},
		PasswordField(lang),
		Field{
			Name: "organization", Kind: KindText, Label: p.T("signup.organization"), Hint: p.T("signup.organization_hint"),
			Autocomplete: "organization", Max: 120,
		},
		Field{Name: "country", Kind: KindSelect, Label: p.T("signup.country"), Required: true, Options: []Option{
			{Label: p.T("form.choose")},
			{Value: "CA", Label: p.T("country.canada")},
			{Value: "MX", Label: p.T("country.mexico")},
			{Value: "US", Label: p.T("country.united_states")},
		}},
		Field{Name: "terms", Kind: KindCheckbox, Label: p.T("signup.terms"), Required: true},
	)
}
