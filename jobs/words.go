package jobs

import (
	"fmt"
	"slices"

	"puente/matching"
)

// Words names what the engine knows only by number, in one language. Text
// turns a message key and its arguments into words; the program's is web.Text.
type Words struct {
	Lang string
	Text func(lang, key string, args map[string]any) string
	Self bool // whether who reads is the mentee herself
}

// Say is the message of a key.
func (w Words) Say(key string, args map[string]any) string { return w.Text(w.Lang, key, args) }

// Wishes says who wished for whom, or nothing.
func (w Words) Wishes(e *matching.Mentee, m *matching.Mentor) (out []string) {
	if i := slices.Index(e.Wishes, m.ID); i >= 0 {
		out = append(out, w.Say("wish.mentee", map[string]any{"Rank": i + 1}))
	}
	if i := slices.Index(m.Wishes, e.ID); i >= 0 {
		out = append(out, w.Say("wish.mentor", map[string]any{"Rank": i + 1}))
	}
	return out
}

// evidence writes the fact of a line and its numbers.
func evidence(l matching.Line) string {
	s := string(l.Fact)
	if l.X != 0 || l.Y != 0 {
		s += fmt.Sprintf(":%d", l.X)
	}
	if l.Y != 0 {
		s += fmt.Sprintf(":%d", l.Y)
	}
	return s
}
