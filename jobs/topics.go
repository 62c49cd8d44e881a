package jobs

import (
	"cmp"
	"slices"
	"sync"

	"puente/models"
)

// TopicSuggestion is a topic that a text seems to be about.
type TopicSuggestion struct {
	Topic string   // its short id
	Score int      // whole number, to compare topics of one text only
	Words []string // what in the text speaks for it, as it was written, in its order
}

// MaxTopicText is how many characters of a text are read.
const MaxTopicText = 5000

// The weighing of phrases, in points. A word is worth more the fewer topics
// have it in their phrases; a phrase is worth its words and more for each word
// beyond the first, because words that stand together are seldom chance.
const (
	wordPoints   = 60 // of a word of one topic; of two topics 40, of three 30: twice as much by one more than the topics
	joinedPoints = 40 // of each word of a phrase beyond the first
	phraseGap    = 2  // so many other words may stand between two of a phrase
	hintPart     = 2  // a hint counts this part
	topicBar     = 40 // a topic below it is not suggested
	behindBest   = 3  // nor is one that has less than this part of the best one's score
)

var lexicons = sync.OnceValue(func() []*lexicon {
	return newLexicons(models.Vocabularies().Glossary)
})

// SuggestTopics proposes at most k topics of a text, the likeliest first and
// equal ones in the order of the vocabulary, or none when nothing in the text
// says enough. It proposes for a person to confirm: nothing of it is stored or
// scored. The language, en, es or fr, is a hint: phrases of the other
// languages count half, unless the text itself is mostly in one of them.
// What is beyond MaxTopicText characters is not read. The time grows with
// the text; 2,000 characters take less than a millisecond.
func SuggestTopics(text, lang string, k int) []TopicSuggestion {
	tokens := tokenize(text)
	all := lexicons()
	read, empty, most := make([][]reading, len(all)), make([]int, len(all)), 1
	for i, x := range all {
		read[i] = x.read(tokens)
		for _, r := range read[i] {
			if r.word == emptyWord {
				empty[i]++
			}
		}
		most = max(most, empty[i])
	}
	var found []hit
	for i, x := range all {
		part := 2
		if x.lang == lang || x.lang == models.AnyLanguage || empty[i] == most {
			part = 1
		}
		found = append(found, x.matches(tokens, read[i], part)...)
	}
	return suggested(text, tokens, unhidden(found, len(tokens)), k)
}

// hit is a phrase found in a text.
type hit struct {
	topic  int
	tokens []int // where its words are, in order
	points int
}

// unhidden leaves out phrases whose every word is part of a longer phrase:
// "certification of origin" says nothing of certification. The best come first.
func unhidden(found []hit, tokens int) []hit {
	longest := make([]int, tokens)
	for _, m := range found {
		for _, t := range m.tokens {
			longest[t] = max(longest[t], len(m.tokens))
		}
	}
	found = slices.DeleteFunc(found, func(m hit) bool {
		return !slices.ContainsFunc(m.tokens, func(t int) bool { return longest[t] <= len(m.tokens) })
	})
	slices.SortStableFunc(found, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(b.points, a.points), slices.Compare(a.tokens, b.tokens))
	})
	return found
}

// suggested adds up the matches of each topic, which stand together. No word
// counts twice for a topic.
func suggested(text string, tokens []token, found []hit, k int) (out []TopicSuggestion) {
	topics, used := models.Vocabularies().Topics, make([]int, len(tokens))
	for start := 0; start < len(found); {
		topic, score, kept := found[start].topic, 0, []hit(nil)
		for ; start < len(found) && found[start].topic == topic; start++ {
			m := found[start]
			if slices.ContainsFunc(m.tokens, func(t int) bool { return used[t] == topic }) {
				continue
			}
			for _, t := range m.tokens {
				used[t] = topic
			}
			score, kept = score+m.points, append(kept, m)
		}
		if score >= topicBar {
			out = append(out, TopicSuggestion{Topic: topics[topic-1].ID, Score: score, Words: written(text, tokens, kept)})
		}
	}
	slices.SortStableFunc(out, func(a, b TopicSuggestion) int { return cmp.Compare(b.Score, a.Score) })
	out = slices.DeleteFunc(out, func(s TopicSuggestion) bool { return s.Score*behindBest < out[0].Score })
	return out[:min(len(out), max(k, 0))]
}

// written cuts out of the text what was matched, each wording once.
func written(text string, tokens []token, found []hit) (out []string) {
	slices.SortFunc(found, func(a, b hit) int { return slices.Compare(a.tokens, b.tokens) })
	for _, m := range found {
		words := text[tokens[m.tokens[0]].start:tokens[m.tokens[len(m.tokens)-1]].end]
		if !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	return out
}
