package web

// SignIn is the page on which people sign in with a password.
type SignIn struct {
	Page
	Fields    []Field // see SignInFields
	Post      string
	Join      string // path of the sign-up form, "" without a link to it
	Others    []Link // other ways to sign in
	Providers []Link // organisations by which people sign in: the words of the button, and where it posts to
	Passkey   string // where to ask for a passkey, "" where there are none
}

// SignInFields are the fields of the sign-in form: email and password. Values
// and problems are as in SignUpFields.
func SignInFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	return fill(values, problems,
		EmailField(lang),
		Field{Name: "password", Kind: KindPassword, Label: p.T("form.password"), Autocomplete: "current-password", Required: true, Max: 1024},
	)
}

// Confirm asks for one press of a button, such as that of a sign-in link, and
// perhaps for some answers. All words are in the reader's language.
type Confirm struct {
	Page
	Title, Text, Button string
	Post                string
	Fields              []Field
	Hidden              [][2]string // names and values that are sent with it
	Primary             bool        // the usual next step of its page
	ID                  string      // of the form, for the switch of languages; "" for none
	Back                Link        // for whoever does not want to; none without a path
}

// Problem says that something cannot be done. Title and Detail are in the
// reader's language.
type Problem struct {
	Page
	Title, Detail string
	Code          string // of the problem, as in problem+json
	RequestID     string // by which staff find it in the log
}
