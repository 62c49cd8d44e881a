package web

// PasskeyAsked asks the browser for a passkey, which the script of the page
// does when the button is pressed. All words are in the reader's language.
type PasskeyAsked struct {
	Page
	Title, Text, Button string
	Post                string
	Create              bool   // a passkey is to be made, not used
	Options             string // JSON, as WebAuthn has it
}

// does is what the script is to do.
func (v PasskeyAsked) does() string {
	if v.Create {
		return "create"
	}
	return "get"
}

// PasskeyFields are the fields of the form that adds a passkey: its name and
// the password. Values and problems are as in SignUpFields.
func PasskeyFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	name := Field{Name: "passkey_name", Kind: KindText, Label: p.T("passkey.name"), Hint: p.T("passkey.name_hint"), Required: true, Max: 100}
	return append(fill(values, problems, name), OwnPasswordField(lang, "passkey_password", problems))
}
