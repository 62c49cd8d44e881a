package jobs

import (
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/spanish"

	"puente/models"
)

// tongue is what is known of a language: how its words lose their endings, and
// which of them say nothing by themselves and are passed over in phrases and
// texts alike.
type tongue struct {
	lang  string
	stem  func(*snowballstem.Env) bool // nil leaves words as they are
	empty string
}

var tongues = []tongue{
	{"en", english.Stem, "a an and are as at been by can could did does for from had has have he her him his i if in into is it its " +
		"just ll me my of on or our s she should so some t than that the their them then there they this those to us ve very was we were " +
		"when whom why will with would you your"},
	{"es", spanish.Stem, "a al ante cada como con cuando de del desde donde el él ella ellos en entre era es esa ese eso esta está estamos este esto " +
		"fue ha hay he la las le les lo los más me mi mis muy nos nuestra nuestras nuestro nuestros o para pero por porque que quien se " +
		"si sin sobre somos son soy su sus también te tu un una unas uno unos y ya yo"},
	{"fr", french.Stem, "a à ai alors as au aux avec c car ce cela ces cet cette ceux comme d dans de des du elle elles en es est et eu il ils j je l " +
		"la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pour qu quand que qui s sa se ses si " +
		"son sont sous suis sur t ta te tu un une vos votre vous y"},
	{models.AnyLanguage, nil, ""},
}

// What a word of a text is, if not the number of a word of the glossary.
const (
	unknownWord = 0
	emptyWord   = -1
)

// reading is what a word of a text is in one language, and its points.
type reading struct{ word, points int }

// lexicon is the glossary of one language, made ready to be found in texts.
// Words have numbers from 1.
type lexicon struct {
	tongue

	empty    map[string]bool
	words    map[string]int   // by stem
	prefixes map[string]int   // by the first letters; those of several words have unknownWord
	topics   []map[int]bool   // by word: whose phrases have it
	phrases  map[int][]phrase // by the first word, in the order of the glossary
}

// phrase is one phrase of the glossary.
type phrase struct {
	words  []int
	topics []int
	part   int  // by which its points are divided
	name   bool // a short name in capitals, such as AI: small letters are another word
}

// newLexicons reads the glossary, one lexicon for each tongue in their order.
func newLexicons(glossary []models.Phrase) (out []*lexicon) {
	for _, t := range tongues {
		x := &lexicon{
			tongue: t, empty: map[string]bool{}, words: map[string]int{}, prefixes: map[string]int{}, phrases: map[int][]phrase{},
			topics: make([]map[int]bool, 1),
		}
		for word := range strings.FieldsSeq(t.empty) {
			x.empty[word] = true
		}
		own := slices.DeleteFunc(slices.Clone(glossary), func(p models.Phrase) bool { return p.Lang != t.lang })
		x.learn(own)
		x.join(own)
		out = append(out, x)
	}
	return out
}

// learn numbers the words of the phrases. A word that people write without its
// accents may have another stem, which leads to it where no other word has it.
func (x *lexicon) learn(glossary []models.Phrase) {
	bare := []token(nil)
	for _, p := range glossary {
		for _, t := range x.full(tokenize(p.Text)) {
			stem := x.stemmed(t.lower)
			if x.words[stem] == 0 {
				x.words[stem] = len(x.topics)
				x.topics = append(x.topics, map[int]bool{})
			}
			n := x.words[stem]
			x.topics[n][p.Topic] = true
			if prefix := prefixOf(t.folded); prefix != "" && x.stem != nil {
				if other, there := x.prefixes[prefix]; there && other != n {
					n = unknownWord
				}
				x.prefixes[prefix] = n
			}
			bare = append(bare, t)
		}
	}
	for _, t := range bare {
		if stem := x.stemmed(t.folded); x.words[stem] == 0 {
			x.words[stem] = x.words[x.stemmed(t.lower)]
		}
	}
}

// join makes the phrases of numbers. Rows with the same words are one phrase.
func (x *lexicon) join(glossary []models.Phrase) {
	for _, p := range glossary {
		made := phrase{topics: []int{p.Topic}, part: 1}
		if p.Hint {
			made.part = hintPart
		}
		for _, t := range x.full(tokenize(p.Text)) {
			made.words = append(made.words, x.words[x.stemmed(t.lower)])
			made.name = isName(p.Text)
		}
		if len(made.words) == 0 {
			continue
		}
		first := x.phrases[made.words[0]]
		same := slices.IndexFunc(first, func(q phrase) bool { return slices.Equal(q.words, made.words) })
		if same < 0 {
			x.phrases[made.words[0]] = append(first, made)
			continue
		}
		first[same].part = min(first[same].part, made.part)
		if !slices.Contains(first[same].topics, p.Topic) {
			first[same].topics = append(first[same].topics, p.Topic)
		}
	}
}

// full leaves out empty words.
func (x *lexicon) full(tokens []token) []token {
	return slices.DeleteFunc(tokens, func(t token) bool { return x.empty[t.lower] })
}

// isName says whether a phrase is two or three capitals.
func isName(text string) bool {
	return len(text) > 1 && len(text) <= 3 && strings.ToUpper(text) == text && strings.ToLower(text) != text
}

// read says what each word of a text is.
func (x *lexicon) read(tokens []token) []reading {
	out := make([]reading, len(tokens))
	known := make(map[string]reading, len(tokens))
	for i, t := range tokens {
		r, seen := known[t.lower]
		if !seen {
			r = x.word(t)
			known[t.lower] = r
		}
		out[i] = r
	}
	return out
}

// word looks a word up by its stem, then by that without accents, and at last
// by its first letters, which counts half.
func (x *lexicon) word(t token) reading {
	if x.empty[t.lower] {
		return reading{word: emptyWord}
	}
	n := x.words[x.stemmed(t.lower)]
	if n == unknownWord && t.folded != t.lower {
		n = x.words[x.stemmed(t.folded)]
	}
	if n != unknownWord {
		return reading{n, x.worth(n)}
	}
	if n = x.prefixes[prefixOf(t.folded)]; n != unknownWord {
		return reading{n, x.worth(n) / 2}
	}
	return reading{}
}

// worth is what a word counts.
func (x *lexicon) worth(word int) int { return 2 * wordPoints / (1 + len(x.topics[word])) }

// matches finds the phrases of the glossary in a text, each where it comes
// first. Their points are divided by part, and among the topics that share a
// phrase.
func (x *lexicon) matches(tokens []token, read []reading, part int) (out []hit) {
	seen := map[*phrase]bool{}
	for i, r := range read {
		if r.word <= unknownWord {
			continue
		}
		for j := range x.phrases[r.word] {
			p := &x.phrases[r.word][j]
			if seen[p] || p.name && strings.ToUpper(tokens[i].written) != tokens[i].written {
				continue
			}
			at, points := p.find(read, i)
			if at == nil {
				continue
			}
			seen[p] = true
			for _, topic := range p.topics {
				out = append(out, hit{topic, at, points / part / p.part / len(p.topics)})
			}
		}
	}
	return out
}

// find looks for the phrase from one word of the text on and returns where its
// words are, nil if they are not there.
func (p *phrase) find(read []reading, from int) (at []int, points int) {
	at, points = []int{from}, read[from].points
	for _, word := range p.words[1:] {
		i := next(read, at[len(at)-1]+1, word)
		if i < 0 {
			return nil, 0
		}
		at, points = append(at, i), points+read[i].points+joinedPoints
	}
	return at, points
}

// next finds a word that comes after at most phraseGap others, empty ones not
// counted; -1 if it does not.
func next(read []reading, from, word int) int {
	for i, others := from, 0; i < len(read) && others <= phraseGap; i++ {
		if read[i].word == word {
			return i
		}
		if read[i].word != emptyWord {
			others++
		}
	}
	return -1
}
