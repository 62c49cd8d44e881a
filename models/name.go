package models

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// mostMarks is how many signs such as accents may stand on one letter: more cover the lines above and below.
const mostMarks = 4

// tidyName gives a name, which is shown in a line, its one form (Unicode NFC, no white space around it), and refuses
// one without anything that is seen, with characters that nobody sees, that turn the line around or that leave it.
func tidyName(field string, name *string) error {
	*name = norm.NFC.String(strings.TrimSpace(*name))
	if !readable(*name) {
		return invalid(field, "store.bad_name")
	}
	return nil
}

// tidyOwnName is tidyName for what somebody is called, who must not pass for Puente.
func tidyOwnName(field string, name *string) error {
	if err := tidyName(field, name); err != nil {
		return err
	}
	if ReservedName(*name) {
		return invalid(field, "store.reserved_name")
	}
	return nil
}

// checkNames reports what is wrong with the names that somebody typed, and no cell was refused for.
func (t *table) checkNames(p *Profile) {
	for n, name := range []string{p.Name, p.Organization} {
		t.column = []string{"name", "organization"}[n]
		switch {
		case strings.TrimSpace(name) == "":
		case !readable(name):
			t.fail("store.bad_name")
		case ReservedName(name):
			t.fail("store.reserved_name")
		}
	}
}

// readable says whether a name in NFC can be seen as it is.
func readable(name string) bool {
	seen, marks := false, 0
	for _, r := range name {
		switch {
		case forbidden(r, false, cellExact) != "", unseen(r):
			return false
		case unicode.In(r, unicode.M):
			if marks++; marks > mostMarks || !seen {
				return false
			}
		default:
			seen, marks = true, 0
		}
	}
	return seen
}

// unseen says whether a character of no control or format class leaves no trace on the page. The two signs that say
// whether a symbol is drawn in colours may stay.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Co, unicode.Noncharacter_Code_Point) || r == '\u2800' ||
		unicode.Is(unicode.Variation_Selector, r) && r != '\ufe0e' && r != '\ufe0f'
}

// reserved are the names, as folded gives them, by which somebody would pass for who runs the site, in its languages.
var reserved = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq("puente puenteadmin puentestaff puenteteam puentesupport equipopuente equipepuente soportepuente " +
		"admin admins administrator " +
		"administrador administradora administrateur administratrice " +
		"staff support soporte soutien system sistema systeme root moderator moderador moderadora " +
		"moderateur moderatrice security seguridad securite postmaster webmaster noreply") {
		out[name] = true
	}
	return out
}()

// ReservedName says whether a name is one of the few by which somebody would pass for who runs the site. Case, accents,
// white space, signs between letters and look-alikes of ASCII such as full-width letters make no difference; letters of
// other alphabets do: see NameDoubt.
func ReservedName(name string) bool { return reserved[folded(name)] }

// folded are the letters and digits of a name, small and without accents.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
}

// NameDoubt is the key of what staff should know of a name that may not be what it looks like, "" of any other: its
// letters look like a reserved name, or one of its words has letters of several alphabets that look alike. Names that
// are wholly of another alphabet give no doubt.
func NameDoubt(name string) string {
	plain := folded(name)
	if like := strings.Map(latinLike, plain); like != plain && reserved[like] {
		return "staff.name_like_ours"
	}
	if slices.ContainsFunc(strings.Fields(norm.NFKC.String(name)), mixed) {
		return "staff.name_mixed"
	}
	return ""
}

// alike are the alphabets with letters that look like those of others.
var alike = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu,
	unicode.Deseret, unicode.Tifinagh, unicode.Georgian,
}

// mixed says whether a word has letters of more than one of those alphabets.
func mixed(word string) bool {
	found := 0
	for _, alphabet := range alike {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) && unicode.Is(alphabet, r) }) {
			found++
		}
	}
	return found > 1
}

// latinLike is the small Latin letter that a letter of another alphabet, or a digit, looks like; others stay.
func latinLike(r rune) rune {
	if like, has := lookAlikes[r]; has {
		return like
	}
	return r
}

// lookAlikes are the letters that look like one of a reserved name, after unicode.ToLower.
var lookAlikes = func() map[rune]rune {
	out := map[rune]rune{}
	for like, letters := range map[rune]string{
		'a': "аαɑꭺꓮ4", 'b': "вьꓐ", 'c': "сϲꓚ", 'd': "ԁժꓒ", 'e': "еεҽєꭼꓰ3", 'g': "ɡց", 'i': "іιıӏլꓲ1", 'l': "ӏןꓡ", 'm': "мꮇꓟ", 'n': "пոηꓠ",
		'o': "оοօꓳ0", 'p': "рρꮲꓑ", 'q': "ԛ", 'r': "гꓣ", 's': "ѕꮪꓢ5", 't': "тτꭲꓔ7", 'u': "υսцꓴ", 'v': "ѵνꓦ", 'w': "ԝѡꓪ", 'x': "хχꓫ", 'y': "уүγꓬ",
	} {
		for _, r := range letters {
			out[r] = like
		}
	}
	return out
}()
