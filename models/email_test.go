package models

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// TestEmail reads addresses that mail can be sent to, and refuses those that only look so.
func TestEmail(t *testing.T) {
	for text, want := range map[string]string{
		"lucia@example.org":                      "lucia@example.org",
		"\u3000Lucia@EXAMPLE.org":                "Lucia@example.org",
		"o'brien+a.b@example.org":                "o'brien+a.b@example.org",
		"ａｎａ＠example.org":                        "ana@example.org",
		"ana@ñandú.example":                      "ana@xn--and-6ma2c.example",
		"ana@XN--AND-6MA2C.example":              "ana@xn--and-6ma2c.example",
		strings.Repeat("a", 64) + "@example.org": strings.Repeat("a", 64) + "@example.org",
	} {
		if got, ok := Email(text); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "no @": "ana.example.org", "two @": "a@b@example.org", "no name": "@example.org", "no domain": "ana@", "no dot": "a@b",
		"a literal": "a@[127.0.0.1]", "a number": "a@127.0.0.1", "this machine": "root@localhost", "an end dot": "ana@example.org.", "two dots": "a..b@example.org",
		"first dot": ".a@example.org", "last dot": "a.@example.org", "quotes": `"a b"@example.org`, "a comment": "a(b)@example.org", "a name": "Ana <ana@example.org>",
		"zero width": "a\u200bna@example.org", "zero width domain": "ana@exam\u200bple.org", "right to left": "ana\u202e@example.org", "soft hyphen": "ana@ex\u00adample.org",
		"a line": "ana@example.org\r\nBcc: x@example.org", "a line in the name": "a\nb@example.org", "NUL": "a\x00@example.org", "bad UTF-8": "a\xff@example.org",
		"a long name": strings.Repeat("a", 65) + "@example.org", "a long domain": "a@" + strings.Repeat("abcdefgh.", 28) + "example",
		"a long label": "a@" + strings.Repeat("a", 64) + ".org", "a hyphen first": "a@-example.org", "Cyrillic": "аna@example.org", "an underline": "a@ex_ample.org",
		"two addresses": "a@example.org,b@example.org", "a space": "a b@example.org", "a tab": "a\tb@example.org", "accents": "josé@example.org",
	} {
		if got, ok := Email(text); ok {
			t.Errorf("%s: %q was taken as %q", name, text, got)
		}
	}
}

// TestEmailProperty wants of every address that is read: ASCII without white space, of the lengths of RFC 5321, read
// again as itself, and with the key of every other way to write it.
func TestEmailProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[a-zA-Z0-9.+'ａñ\x{200b}]{0,70}@[a-zA-Z0-9.ñé\-]{0,80}\.[a-z]{1,5}`),
		).Draw(t, "text")
		address, ok := Email(text)
		if !ok {
			return
		}
		local, domain, _ := strings.Cut(address, "@")
		for _, r := range address {
			if r > unicode.MaxASCII || r <= ' ' || r == 0x7f {
				t.Fatalf("%q was read as %q", text, address)
			}
		}
		if len(address) > 254 || len(local) > 64 || strings.ContainsAny(domain, "@[]") {
			t.Fatalf("%q was read as %q", text, address)
		}
		if again, ok := Email(address); !ok || again != address || EmailKey(strings.ToUpper(text)) != EmailKey(address) {
			t.Fatalf("%q was read as %q, that as %q", text, address, again)
		}
	})
}
