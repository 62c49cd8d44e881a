package jobs

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"golang.org/x/text/unicode/norm"
)

// token is a word or a number of a text: letters, digits and the marks on them.
type token struct {
	start, end int    // where it stands in the text, in bytes
	written    string // as in the text
	lower      string // in small letters, composed
	folded     string // and without accents
}

// tokenize splits a text into its words, as far as MaxTopicText characters.
func tokenize(text string) (out []token) {
	start, read := -1, 0
	add := func(end int) {
		if start >= 0 {
			word := text[start:end]
			lower := word
			if !norm.NFC.IsNormalString(word) {
				lower = norm.NFC.String(word)
			}
			lower = strings.ToLower(lower)
			out = append(out, token{start, end, word, lower, unaccented(lower)})
		}
		start = -1
	}
	end := len(text)
	for i, r := range text {
		if read++; read > MaxTopicText {
			end = i
			break
		}
		if inWord := unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.IsMark(r); !inWord {
			add(i)
		} else if start < 0 {
			start = i
		}
	}
	add(end)
	return out
}

// ligatures are letters that have no accent to lose, but another spelling.
var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss")

// unaccented takes the accents off a word in small letters.
func unaccented(word string) string {
	if isASCII(word) {
		return word
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
	return ligatures.Replace(bare)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// longestStemmed is the length in bytes of the longest word that loses its
// ending: the stemmers look at a word many times.
const longestStemmed = 64

// stemmed is a word without its ending and accents.
func (t tongue) stemmed(word string) string {
	if t.stem == nil || len(word) > longestStemmed {
		return unaccented(word)
	}
	env := snowballstem.NewEnv(word)
	t.stem(env)
	return unaccented(env.Current())
}

// prefixOf is the first five letters of a word of at least seven, which stand
// for it where its stem is not known; "" of a shorter one.
func prefixOf(folded string) string {
	if len(folded) < 7 || !isASCII(folded) {
		return ""
	}
	return folded[:5]
}
