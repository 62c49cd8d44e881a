package api

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What is guessed first is not what a password is measured by: rows of keys and
// digits, the same again, words that many people use, and what others know of
// its owner. What is left without them must have leastLeft characters, of
// leastDifferent kinds.
const (
	leastLeft      = 8
	leastDifferent = 4
	leastRow       = 4 // characters in a row, or of a word of its owner
)

// rowsOfKeys are what fingers run along, either way: the alphabet, the digits,
// and keyboards of the three countries.
var rowsOfKeys = func() (all [][]rune) {
	for _, row := range []string{
		"abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkln", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop",
		"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp",
		"q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p", "1qa2ws3ed4rf5tg6yh7uj8ik9ol0p", "!@#$%^&*()", "!\"#$%&/()=",
	} {
		back := []rune(row)
		slices.Reverse(back)
		all = append(all, []rune(row), back)
	}
	return all
}()

//go:embed passwords.txt
var passwordList string

// commonWords are the words and sayings of passwords.txt, folded and without
// spaces.
var commonWords = sync.OnceValue(func() (all [][]rune) {
	for line := range strings.Lines(passwordList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, once([]rune(closed(folded(line)))))
		}
	}
	return all
})

// productWords are those of this program.
var productWords = []string{
	"puente", "mentor", "mentora", "mentores", "mentoring", "mentorship", "mentoria", "mentorat", "mentore", "mentee",
	"entrepreneur", "entrepreneuse", "emprendedor", "emprendedora",
}

// alike are the letters that people write digits and signs for.
var alike = map[rune]string{'0': "o", '1': "il", '3': "e", '4': "a", '5': "s", '7': "t", '8': "b", '@': "a", '$': "s", '!': "i", '€': "e"}

// folded is a text without capitals and accents.
func folded(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// closed is a text without spaces and what stands for them.
func closed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.,'’", r) {
			return -1
		}
		return r
	}, text)
}

// ownersWords are the words by which others know the owner of a password: the
// parts of an address, and of names.
func ownersWords(email string, names ...string) (all [][]rune) {
	for _, text := range append(names, email) {
		text = folded(text)
		parts := append(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), closed(text))
		for _, p := range parts {
			if word := []rune(p); len(word) >= leastRow {
				all = append(all, once(word))
			}
		}
	}
	for _, word := range productWords {
		all = append(all, once([]rune(word)))
	}
	return all
}

// once is a text in which no character stands twice in a row.
func once(text []rune) []rune { return slices.Compact(slices.Clone(text)) }

// guessed says why a password would be guessed: "password_pattern",
// "password_common" or "password_own", by what most of it is; "" if it would
// not. Cost: its length times the number of words.
func guessed(password, email string, names ...string) string {
	text := []rune(closed(folded(password)))
	if n := period(text); n < len(text) && n < passwordRunes {
		text = text[:n] // the same again says nothing new
	}
	text = once(text)
	kinds := []struct {
		rule  string
		words [][]rune
		taken int
	}{{"password_own", ownersWords(email, names...), 0}, {"password_common", commonWords(), 0}, {"password_pattern", nil, 0}}
	var left []rune
	for i, shared := 0, 0; i < len(text); {
		best, which := 0, -1
		for k := range kinds {
			for from := i - shared; from <= i; from++ { // one word may end with the letter that the next begins with
				n := inRow(text[from:])
				if k < 2 {
					n = startsWith(text[from:], kinds[k].words)
				}
				if n -= i - from; n > best {
					best, which = n, k
				}
			}
		}
		if shared = min(1, best); which < 0 {
			left = append(left, text[i])
			if enough(left) {
				return ""
			}
			i++
			continue
		}
		kinds[which].taken += best
		i += best
	}
	rule, most := "password_pattern", 0
	for _, k := range kinds {
		if k.taken > most {
			rule, most = k.rule, k.taken
		}
	}
	return rule
}

// enough says whether characters make a password by themselves.
func enough(left []rune) bool {
	return len(left) >= leastLeft && len(slices.Compact(slices.Sorted(slices.Values(left)))) >= leastDifferent
}

// period is the length of the shortest piece that a text repeats from its
// beginning to its end; the last time may be cut off.
func period(text []rune) int {
	for n := 1; n < len(text); n++ {
		if slices.Equal(text[n:], text[:len(text)-n]) {
			return n
		}
	}
	return len(text)
}

// inRow is how many characters at the beginning of a text follow each other on
// a row of keys, 0 for fewer than leastRow.
func inRow(text []rune) (most int) {
	for _, row := range rowsOfKeys {
		for at := range row {
			n := 0
			for n < len(text) && at+n < len(row) && text[n] == row[at+n] {
				n++
			}
			most = max(most, n)
		}
	}
	if most < leastRow {
		return 0
	}
	return most
}

// startsWith is the length of the longest of some words that a text begins
// with, also written with digits for letters; 0 for none.
func startsWith(text []rune, words [][]rune) (most int) {
	for _, word := range words {
		if len(word) <= most || len(word) > len(text) {
			continue
		}
		same := true
		for i := 0; same && i < len(word); i++ {
			same = text[i] == word[i] || strings.ContainsRune(alike[text[i]], word[i])
		}
		if same {
			most = len(word)
		}
	}
	return most
}
