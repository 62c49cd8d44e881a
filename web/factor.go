package web

import (
	"strings"

	"github.com/a-h/templ"
)

// SecondFactor is a page about the second factor of an account: it asks for one, helps
// to set one up, or shows recovery codes. All words are in the reader's
// language.
type SecondFactor struct {
	Page
	Title    string
	Texts    []string
	Code     QR       // what the app reads; nothing without a path
	Secret   string   // the same to be typed in
	URI      string   // the same as a link to an app on the same device
	Recovery []string // codes that are shown this once
	Forms    []Confirm
	Links    []Link
}

// app is the link to an app on the same device.
func (v SecondFactor) app() templ.SafeURL {
	if !strings.HasPrefix(v.URI, "otpauth://totp/") {
		return ""
	}
	return templ.SafeURL(v.URI) //lint:allow htmlraw: templ knows only schemes of the web, and this one is ours
}

// fields are the fields of all forms.
func (v SecondFactor) fields() (out []Field) {
	for _, f := range v.Forms {
		out = append(out, f.Fields...)
	}
	return out
}

// CodeField asks for a code of a second factor.
func CodeField(lang, name string, problems map[string]string) Field {
	p := Page{Lang: lang}
	return Field{
		Name: name, Kind: KindText, Label: p.T("second.code"), Hint: p.T("second.code_hint"), Autocomplete: "one-time-code", Required: true, Max: 64,
		Problem: problems[name],
	}
}

// AppCodeField asks for the first code of an app.
func AppCodeField(lang, name string, problems map[string]string) Field {
	f := CodeField(lang, name, problems)
	f.Label, f.Hint, f.Max = Page{Lang: lang}.T("second.app_code"), "", 16
	return f
}

// OwnPasswordField asks for the password of whoever is signed in.
func OwnPasswordField(lang, name string, problems map[string]string) Field {
	p := Page{Lang: lang}
	return Field{
		Name: name, Kind: KindPassword, Label: p.T("me.email_password"), Autocomplete: "current-password", Required: true, Max: 1024, Problem: problems[name],
	}
}
