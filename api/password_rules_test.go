package api

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"puente/web"
)

// TestPasswordsThatAreGuessed has what is refused, with its rule, and what is
// taken, in three languages.
func TestPasswordsThatAreGuessed(t *testing.T) {
	const email, name, organization = "lucia.ortega@conservas-oaxaca.mx", "Lucía Ortega Méndez", "Conservas Oaxaqueñas, S.A."
	for rule, all := range map[string][]string{
		"": {
			"a bridge over the river", "correr tortuga nube ladrillo", "girafe lundi tiroir boussole", "el café de la esquina azul", "l’été où la neige tomba",
			"Xk7!pQ2#vM9@zL4&", "9f86d081884c7d659a2f", "mi contraseña vive bajo un limonero", "le mot de passe est sous la galerie", "puente de tablas flojas y cuerda",
			"雨の日は傘を忘れずに持って行くこと", "ключ лежит под старым ковром", strings.Repeat("ab c?d", 2) + "niebla", "77 tucanes bajan la escalera",
		},
		"password_short": {"", "short", "fourteen chars", "contraseña corta"[:14], "mot de passé", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍"},
		"password_email": {email, strings.ToUpper(email)},
		"password_own": {
			"luciaortegamendez", "Lucía Ortega Méndez", "Ortega Lucia 2026", "conservasoaxaca2026", "Conservas Oaxaqueñas!", "lucia.ortega.2026", "puentementor2026", "Puente " + "Puente Mentor",
			"0rt3gaM3nd3z-1990", "emprendedora lucia", "mentorat puente 26",
		},
		"password_common": {
			"password1234567", "PasswordPassword1!", "P@ssw0rdP@ssw0rd", "contraseña12345", "Contraseña Segura"[:18] + "", "motdepasse123456", "Mot de passe 2026", "iloveyouforever", "teamomucho2026!",
			"jetaimetoujours", "bienvenidos 2026", "bienvenue bonjour", "correct horse battery staple", "c0rrecth0rsebatterystaple", "maytheforcebewithyou", "jemesouviens1608", "vivamexico2026!",
			"liberté égalité fraternité", "welcomewelcome1", "letmeinletmein12", "diosesamor12345", "realmadridfutbol", "canadiensquebec1", "adminadministrator",
		},
		"password_pattern": {
			"aaaaaaaaaaaaaaa", "abcabcabcabcabc", "qwertyuiopasdfgh", "123456789012345", "098765432109876", "abcdefghijklmnop", "zyxwvutsrqponmlk", "1qaz2wsx3edc4rfv", "azertyuiopqsdfgh",
			"112233445566778", "aabbccddeeffgghh", "xyz9xyz9xyz9xyz9", "ñandu7ñandu7ñandu7", "qwertz1234567890", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgb", "1qa2ws3ed4rf5tg", "hjklhjkl98769876", "!@#$%^&*()!@#$%", "poiuytrewq09876", "111111111111112", "abcd1234abcd1234",
			"tortuga " + "tortuga ", "               ", "1111111111111111111111111111x",
		},
	} {
		for _, password := range all {
			for _, form := range []norm.Form{norm.NFC, norm.NFD} { // however a keyboard composes it
				got := passwordProblem(form.String(password), email, name, organization)
				if got != rule {
					t.Errorf("%q: %q, want %q", password, got, rule)
				}
			}
			if rule == "" {
				continue
			}
			for _, lang := range web.Languages {
				if text := passwordField("/body/password", rule).text(lang); text == "" || strings.Contains(text, "password_") || strings.Contains(text, "{{") {
					t.Errorf("%s in %s: %q", rule, lang, text)
				}
			}
		}
	}
}

// TestPasswordWordsAreNotWhole wants every line of the list refused, made as
// long as it must be in the ways that people do it.
func TestPasswordWordsAreNotWhole(t *testing.T) {
	for _, word := range commonWords() {
		text := string(word)
		for _, password := range []string{text + "123456789012345", strings.Repeat(text, 15), strings.ToUpper(text) + "!!!!!!!!!!!!!!!", text + text + "2026" + strings.Repeat("!", 15)} {
			if passwordProblem(password, "") == "" {
				t.Errorf("%q is taken", password)
			}
		}
	}
	if n := len(commonWords()); n < 250 {
		t.Errorf("only %d words", n)
	}
}

// FuzzGuessed wants an answer for whatever is typed, the same in every form of
// Unicode, and nothing that is only one piece again and again.
func FuzzGuessed(f *testing.F) {
	f.Add("a bridge over the river", "lucia@example.org", "Lucía")
	f.Add("\u202eaaaa\u0301", "@", "")
	f.Fuzz(func(t *testing.T, password, email, name string) {
		if len(password) > 200 || len(email) > 100 || len(name) > 100 || !plainText(password) {
			return
		}
		rule := passwordProblem(password, email, name)
		if again := passwordProblem(norm.NFC.String(password), email, name); again != rule {
			t.Errorf("%q or %q", rule, again)
		}
		if short := []rune(password); len(short) > 0 && len(short) < passwordRunes && passwordProblem(strings.Repeat(norm.NFC.String(password), 30), email, name) == "" && period(short) == len(short) {
			t.Errorf("%q again and again is taken", password)
		}
	})
}

func BenchmarkGuessed(b *testing.B) {
	password := strings.Repeat("football princess ", 20) + strings.Repeat("contraseña dragon ", 30) // nothing is left, whatever comes
	for b.Loop() {
		guessed(password, "lucia@example.org", "Lucía Ortega", "Conservas")
	}
}
