package models

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// hostileNames are names that are not what they look like, by what is to be said of them.
var hostileNames = map[string][]string{
	"store.bad_name": {
		"", " ", "\u00a0", "\u2003", "Ana\u202egnp.exe", "\u202dAna", "Ana\u202a", "Ana\u202b", "Ana\u202c", "\u2066Ana", "Ana\u2067", "Ana\u2068x", "Ana\u2069", "Ana\u200e", "Ana\u200f",
		"Ana\u061c", "A\u200bna", "A\u200cna", "A\u200dna", "A\u2060na", "\ufeffAna", "A\u00adna", "A\u180ena", "A\u2061na", "Ana\U000e0041\U000e0042", "Ana\U000e0001", "Ana\U000e007f",
		"A\u034fna", "\u3164", "A\u3164", "\u115fA", "A\u1160", "A\uffa0", "A\u17b4", "A\ufe00", "A\U000e0100", "\u2800\u2800", "A\u2800", "\u0301Ana", "A\u20d0\u20d1\u20d6\u20d7\u20db",
		"Z" + strings.Repeat("\u0335\u0321", 30), "A\u0488\u0489\u0488\u0489\u0488", "Ana\x00", "Ana\x07", "Ana\x1b[2J", "Ana\tB", "Ana\nB", "Ana\r\nBcc: x", "Ana\x7f", "Ana\u0085B", "Ana\u2028B",
		"Ana\u2029B", "A\ufff9b\ufffac\ufffb", "Ana\ue000", "Ana\ufdd0", "Ana\U0001ffff", "A\U0001d173",
	},
	"store.reserved_name": {
		"Puente", "PUENTE", " puente ", "P.u.e.n.t.e", "Puenté", "Ｐｕｅｎｔｅ", "𝐏𝐮𝐞𝐧𝐭𝐞", "Puente Support", "Equipo Puente", "Équipe Puente", "admin", "Admin", "A D M I N", "admin.", "ＡＤＭＩＮ", "Ⓐⓓⓜⓘⓝ",
		"Administrador", "Administratrice", "staff", "Soporte", "Soutien", "Système", "Sécurité", "root", "no-reply",
	},
	"staff.name_like_ours": {"\u0440uente", "Ρuente", "Puеnte", "рuеntе", "аdmin", "АDMIN", "ѕtaff", "ѕtаff", "ꓑuente", "Pu3nt3 ", "adm1n", "suppоrt", "rооt"},
	"staff.name_mixed":     {"Lucíа Gómez", "Микhail", "Ana Pérеz", "Αna", "Jоsé", "Maria Lορez", "Cоnservas del Valle", "Անna", "Ꭺna", "ТехноLine", "Ana\u0301 Pére\u0437", "Ⲁna"},
	"": {
		"Lucía Gómez", "Lucia Go\u0301mez", "Grupo Puente Norte", "El Puente, S.A. de C.V.", "Puentes", "Administración Aduanera", "O'Brien & Sons", "Ñandú 24", "Иван Петров", "Γιώργος", "Ана", "Сергей",
		"李小龍", "東京カフェ Tokyo", "محمد", "יוסף", "हिन्दी", "ไทย", "Nguyễn Thị Minh", "Ệ̣́", "3M", "❤️ Panadería", "Łukasz", "Bjørk", "Ştefan", "Иван Ivan", "=2+5", "<b>Ana</b>", "'; DROP TABLE--", "Zoë-Ann",
		"A\u0488\u0489",
	},
}

// TestNames reads names that turn their line around, hide or pile up signs, pass for who runs the site, or mix letters
// that look alike: what is refused, what staff are told, and what is a name.
func TestNames(t *testing.T) {
	tried := 0
	for want, names := range hostileNames {
		for _, name := range names {
			tried++
			tidy, got := name, ""
			if err := tidyOwnName("name", &tidy); err != nil {
				got = keyOf(t, err)
			} else {
				got = NameDoubt(tidy)
			}
			if got != want {
				t.Errorf("%+q: %q, want %q", name, got, want)
			}
			if want == "store.bad_name" && strings.TrimSpace(name) == "" {
				continue // an empty cell is no name
			}
			// What somebody types into a profile is refused by the same rule, or for the character.
			for _, column := range []string{"name", "organization"} {
				_, problems := ParsePerson(RoleMentee, map[string]string{column: name})
				refused := false
				for _, p := range problems {
					refused = refused || p.Column == column && !p.Warning
				}
				if refused != strings.HasPrefix(want, "store.") {
					t.Errorf("%s %+q: refused %v, want %q", column, name, refused, want)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d names", tried)
	}
}

func keyOf(t *testing.T, err error) string {
	t.Helper()
	e, ok := err.(*Error) //nolint:errorlint // as it is made
	if !ok {
		t.Fatal(err)
	}
	return e.Key
}

// TestNamesProperty wants of every name that is taken: one form, which is taken again as it is, and nothing unseen.
func TestNamesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("aé \u0301\u0323\u200b\u202e\u3164\ufe0f\U000e0041\tпρ")))).Draw(t, "name")
		tidy := name
		if tidyName("name", &tidy) != nil {
			return
		}
		again := tidy
		if tidyName("name", &again) != nil || again != tidy || !norm.NFC.IsNormalString(tidy) || strings.TrimSpace(tidy) == "" {
			t.Fatalf("%+q was read as %+q, that as %+q", name, tidy, again)
		}
		if strings.ContainsFunc(tidy, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) }) {
			t.Fatalf("%+q has what nobody sees", tidy)
		}
	})
}
