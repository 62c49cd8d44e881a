package web

import (
	"slices"
	"strconv"
	"strings"
)

// Told tells something, and leads on. All words are in the reader's language.
type Told struct {
	Page
	Title   string
	Texts   []string
	Secrets []string // shown this once, to be copied
	Links   []Link
	// Away is an address elsewhere, to which AwayText leads; "" for none.
	Away, AwayText string
}

// AccountPage is the page of one's own account: a form for each thing that can
// be changed.
type AccountPage struct {
	Page
	Forms []Confirm
	Lists []OwnList
}

// OwnList lists what belongs to an account, each with a button that ends it.
// All words are in the reader's language.
type OwnList struct {
	Title, Text string
	Rows        []OwnRow
	Links       []Link
	Form        Confirm // what can be done with the list as a whole; without a button nothing
}

// OwnRow is one thing of a list. Name may be of somebody's own words.
type OwnRow struct {
	Name         string
	Facts        []string
	Button, Post string // "" without a button
}

// fields are the fields of all forms.
func (v AccountPage) fields() (out []Field) {
	for _, f := range v.Forms {
		out = append(out, f.Fields...)
	}
	for _, l := range v.Lists {
		out = append(out, l.Form.Fields...)
	}
	return out
}

// RoleField asks on which side somebody takes part: mentee, mentor or both.
func RoleField(lang string) Field {
	p := Page{Lang: lang}
	return Field{Name: "role", Kind: KindRadio, Label: p.T("signup.role"), Required: true, Options: []Option{
		{Value: "mentee", Label: p.T("signup.mentee"), Hint: p.T("signup.mentee_hint")},
		{Value: "mentor", Label: p.T("signup.mentor"), Hint: p.T("signup.mentor_hint")},
		{Value: "both", Label: p.T("me.both"), Hint: p.T("me.both_hint")},
	}}
}

// EmailField asks for the address of somebody's account.
func EmailField(lang string) Field {
	p := Page{Lang: lang}
	return Field{Name: "email", Kind: KindEmail, Label: p.T("form.email"), Autocomplete: "email", Required: true, Max: 254}
}

// AskLinkFields are the fields of the form that asks for a link by mail: email.
// Values and problems are as in SignUpFields.
func AskLinkFields(lang string, values, problems map[string]string) []Field {
	return fill(values, problems, EmailField(lang))
}

// EmailFields are the fields of the form that changes the address of an
// account: email and password. Values and problems are as in SignUpFields.
func EmailFields(lang string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	email := EmailField(lang)
	email.Label = p.T("me.email_new")
	return fill(values, problems, email,
		Field{Name: "password", Kind: KindPassword, Label: p.T("me.email_password"), Autocomplete: "current-password", Required: true, Max: 1024},
	)
}

// EraseFields are the fields of the form that erases an account: email, by which
// it is said again which one is meant. Values and problems are as in
// SignUpFields.
func EraseFields(lang, label string, values, problems map[string]string) []Field {
	email := EmailField(lang)
	email.Label, email.Autocomplete = label, "off"
	return fill(values, problems, email)
}

// NewPasswordFields are the fields of the form that changes a password:
// old_password and new_password. Problems are as in SignUpFields.
func NewPasswordFields(lang string, problems map[string]string) []Field {
	p := Page{Lang: lang}
	chosen := PasswordField(lang)
	chosen.Name, chosen.Label = "new_password", p.T("me.password_new")
	return fill(nil, problems,
		Field{Name: "old_password", Kind: KindPassword, Label: p.T("me.password_old"), Autocomplete: "current-password", Required: true, Max: 1024}, chosen)
}

// RoleFields are the fields of the form that changes how somebody takes part.
func RoleFields(lang string, values, problems map[string]string) []Field {
	return fill(values, problems, RoleField(lang))
}

// JoinFields are the fields of the sign-up form of those whose address and way of
// signing in are known: role, name, organization, country and terms. Values and
// problems are as in SignUpFields.
func JoinFields(lang string, values, problems map[string]string) []Field {
	return slices.DeleteFunc(SignUpFields(lang, values, problems), func(f Field) bool { return f.Name == "email" || f.Name == "password" })
}

// LinkFields are the fields of the form that links an account with a provider:
// provider, and provider_password for accounts that have one. Values and problems
// are as in SignUpFields.
func LinkFields(lang string, providers []Option, password bool, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	fields := []Field{{Name: "provider", Kind: KindSelect, Label: p.T("oidc.link_provider"), Required: true, Options: providers}}
	if password {
		fields = append(fields, Field{
			Name: "provider_password", Kind: KindPassword, Label: p.T("me.email_password"), Autocomplete: "current-password", Required: true, Max: 1024,
		})
	}
	return fill(values, problems, fields...)
}

// TrapField is the name of a field that people do not see: what fills it in is
// a program.
const TrapField = "website"

// ScopeText says in words what a key with a scope may do; the scope itself where
// there are no words.
func ScopeText(lang, scope string) string {
	key := "scope." + strings.ReplaceAll(scope, ":", "_")
	if text := Text(lang, key, nil); text != key {
		return text
	}
	return scope
}

// ScopeLabel is a scope in words, with its code, which the documents name.
func ScopeLabel(lang, scope string) string { return ScopeText(lang, scope) + " (" + scope + ")" }

// KeyFields are the fields of the form that makes a key: its name, what it is
// for, how many days it is good, and the password. Values and problems are as
// in SignUpFields; chosen are the scopes that were ticked.
func KeyFields(lang string, scopes, chosen []string, values, problems map[string]string) []Field {
	p := Page{Lang: lang}
	of := Field{Name: "key_scopes", Kind: KindCheckboxes, Label: p.T("me.key_scopes"), Hint: p.T("me.key_scopes_hint"), Required: true, Values: chosen}
	for _, scope := range scopes {
		of.Options = append(of.Options, Option{Value: scope, Label: ScopeLabel(lang, scope)})
	}
	days := Field{Name: "key_days", Kind: KindSelect, Label: p.T("me.key_days"), Required: true}
	for _, n := range []int{30, 90, 365} {
		days.Options = append(days.Options, Option{Value: strconv.Itoa(n), Label: p.T("me.key_days_n", "Count", n)})
	}
	return fill(values, problems,
		Field{Name: "key_name", Kind: KindText, Label: p.T("me.key_name"), Required: true, Max: 100}, of, days,
		Field{Name: "key_password", Kind: KindPassword, Label: p.T("me.email_password"), Autocomplete: "current-password", Required: true, Max: 1024},
	)
}
