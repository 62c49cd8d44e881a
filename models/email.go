package models

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// The most bytes of an e-mail address and of its parts, by RFC 5321.
const (
	emailBytes  = 254
	localBytes  = 64
	domainBytes = 253
)

// LocalDomain is the domain of addresses that only name an account of this machine: nobody can sign up with one.
const LocalDomain = "localhost"

// Email reads an e-mail address that mail can be sent to and gives it in the form that goes to a mail server: white
// space around it is dropped, look-alikes of ASCII letters such as full-width ones become those, and the domain is in
// lower case and ASCII. It is stricter than RFC 5322, where addresses may have comments, quotes and control
// characters: the part before the @ is a dot-atom of ASCII, the domain a name with a dot that IDNA allows to look up;
// no literal, no invisible character. Only a message that arrives shows whether the address is somebody's.
func Email(text string) (address string, ok bool) {
	text = norm.NFKC.String(strings.TrimSpace(text))
	at := strings.LastIndexByte(text, '@')
	if at < 0 || len(text) > emailBytes || !utf8.ValidString(text) || strings.ContainsFunc(text, invisible) {
		return "", false
	}
	local, name := text[:at], text[at+1:]
	domain, err := idna.Lookup.ToASCII(name)
	if err != nil || !isDotAtom(local) || !isDomain(domain) || at+1+len(domain) > emailBytes {
		return "", false
	}
	return local + "@" + domain, true
}

// invisible says whether a character is one that nobody sees: a control or format character, or a space.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)
}

// atomBytes are what the part before the @ may hold beside dots, by RFC 5322.
const atomBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

func isDotAtom(local string) bool {
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.Trim(atom, atomBytes) != "" {
			return false
		}
	}
	return len(local) <= localBytes
}

// isDomain says whether an ASCII name is one of several labels, of which the last is no number.
func isDomain(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1 && len(name) <= domainBytes && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// EmailKey is the form by which e-mail addresses are compared: as Email gives them, in lower case. A text that is no
// address has a form too, which no account has.
func EmailKey(text string) string {
	if address, ok := Email(text); ok {
		return strings.ToLower(address)
	}
	return norm.NFC.String(strings.ToLower(norm.NFKC.String(strings.TrimSpace(text))))
}

// setEmail puts an address into an account, with its key.
func (a *Account) setEmail(text string) error {
	if local, ok := strings.CutSuffix(text, "@"+LocalDomain); ok && isDotAtom(local) {
		a.Email, a.EmailKey = text, strings.ToLower(text)
		return nil
	}
	address, ok := Email(text)
	if !ok {
		return invalid("email", "store.bad_email")
	}
	a.Email, a.EmailKey = address, strings.ToLower(address)
	return nil
}
