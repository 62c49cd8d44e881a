package web

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// formal are words by which Spanish says usted: the pronoun, its imperatives,
// and what is the reader's said in the third person. The program says tú, as
// docs/glossary.md has it.
var formal = regexp.MustCompile(`(?i)^(usted(es)?|` + strings.Join([]string{
	`abra|ac[oó]rte(l[oa]s?)?|active|agr[eé]gue(l[oa]s?)?|an[oó]te(l[oa]s?)?|apruebe|baje|b[oó]rre(l[oa]s?)?|busque|calcule|cambie|c[aá]rgue(l[oa]s?)?`,
	`ci[eé]rre(l[oa]s?)?|compare|compl[eé]te(l[oa]s?)?|compru[eé]be(l[oa]s?)?|conf[ií]e|conf[ií]rme(l[oa]s?)?|conserve|consulte|c[oó]pie(l[oa]s?)?`,
	`corr[ií]ja(l[oa]s?)?|cree|dé|d[eé]je(l[oa]s?)?|desactive|descargue|det[eé]nga(l[oa]s?)?|div[ií]da(l[oa]s?)?|duplique|ejec[uú]te(l[oa]s?)?`,
	`el[ií]ja(l[oa]s?)?|elim[ií]ne(l[oa]s?)?|empiece|env[ií]e(l[oa]s?)?|escoja|escr[ií]ba(l[oa]s?)?|espere|exporte|gu[aá]rde(l[oa]s?)?`,
	`h[aá]ga(l[oa]s?)?|ignore|importe|ind[ií]que(l[oa]s?)?|inicie|int[eé]nte(l[oa]s?)?|introduzca|invite|marque|mire|mueva|om[ií]ta(l[oa]s?)?|oprima|ordene`,
	`p[ií]da(l[oa]s?)?|p[oó]nga(l[oa]s?)?|presione|pregunte|pruebe|publique|pulse|qu[ií]te(l[oa]s?)?|recup[eé]re(l[oa]s?)?|reg[ií]strese|repita`,
	`rep[oó]rte(l[oa]s?)?|responda|restablezca|retire|rev[ií]se(l[oa]s?)?|seleccione|siga|suavice|[uú]se(l[oa]s?)?|utilice|vaya|v[eé]a(l[oa]s?)?|verifique`,
	`vuelva`,
}, "|") + `)$`)

// theirs is what the reader has, said as somebody else's.
var theirs = regexp.MustCompile(`(?i)\bsus? (contraseña|cuenta|perfil|cambio|solicitud|sesión|teléfono|dispositivo|navegador|correo|respuesta|aplicación|clave|preferencia)`)

// otherwise are the messages in which such a word is no address to the reader,
// but a subjunctive or somebody else's, with that word.
var otherwise = map[string][]string{
	"admin.accounts_none":    {"empiece"},
	"admin.disable_text":     {"active", "su perfil"},
	"admin.erase_hint":       {"su cuenta"},
	"admin.invitations_text": {"su cuenta"},
	"apidocs.scopes_text":    {"su cuenta"},
	"audit.session_reuse":    {"su sesión"},
	"help.trusted_proxies":   {"cree"},
	"offer.none_more":        {"publique"},
	"store.database_tls":     {"responda"},
	"usage.breached_form":    {"siga"},
	"whatif.chance_stays":    {"baje"},
	"whatif.turn_out":        {"baje"},
	"edit.words_agree":       {"envíe"},
	"help.backup":            {"use"},
	"help.keep":              {"haga"},
	"help.smtp_password":     {"su contraseña"},
	"request.none_more":      {"publique", "su solicitud"},
	"second.need_app":        {"haga"},
	"signup.terms":           {"use"},
	"store.many_keys":        {"haga"},
	"whatif.paired_loss":     {"baje"},
}

// TestMessagesSayTu refuses usted in Spanish messages.
func TestMessagesSayTu(t *testing.T) {
	names, err := fs.Glob(files, "messages/*.es.json")
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	used := map[string]bool{}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]any
		if err := json.Unmarshal(data, &messages); err != nil {
			t.Fatal(err)
		}
		for key, m := range messages {
			texts, plural := m.(map[string]any)
			if !plural {
				texts = map[string]any{"other": m}
			}
			for _, text := range texts {
				for _, word := range formalWords(text.(string)) {
					if !slices.Contains(otherwise[key], word) {
						t.Errorf("%s: %s says %q as to usted, in %q", name, key, word, text)
					}
					used[key+" "+word] = true
				}
			}
		}
	}
	for key, words := range otherwise {
		for _, word := range words {
			if !used[key+" "+word] {
				t.Errorf("%s says no %q any more: it needs no exception", key, word)
			}
		}
	}
}

// formalWords are the words of a text that say usted, in small letters.
func formalWords(text string) (all []string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \u00a0.,;:()¿?¡!«»\"'/…", r) }) {
		if formal.MatchString(word) {
			all = append(all, strings.ToLower(word))
		}
	}
	for _, mine := range theirs.FindAllString(text, -1) {
		all = append(all, strings.ToLower(mine))
	}
	return all
}

func TestFormalWords(t *testing.T) {
	for text, want := range map[string]string{
		"Pida uno nuevo o inicie sesión con su contraseña.": "pida inicie su contraseña",
		"Cárguelo de nuevo y repita su cambio.":             "cárguelo repita su cambio",
		"No es JSON; vea la línea 3.":                       "vea",
		"Dé a cada fila su propio identificador.":           "dé",
		"Escríbala como 2027-01-31. ¿Usted?":                "escríbala usted",
		"Pide uno nuevo o inicia sesión con tu contraseña.": "",
		"De la carpeta; usa --with o escribe su nombre.":    "",
	} {
		if got := strings.Join(formalWords(text), " "); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
