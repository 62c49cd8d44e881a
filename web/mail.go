package web

import "strings"

// Mail is what the program writes to somebody. Its words are those of its kind;
// LetterPage shows it as HTML.
type Mail struct {
	Lang, Kind string
	Site       string // public address of the site, without a slash at its end
	Link       string // whole address of the link, "" without one
	Minutes    int    // how long the link works
}

// word is a message of the mail's kind.
func (m Mail) word(part string) string {
	return Text(m.Lang, "mail."+m.Kind+part, map[string]any{"Site": m.Site})
}

// paragraphs are the text of the mail before and after its link.
func (m Mail) paragraphs() (before, after []string) {
	before = []string{Text(m.Lang, "mail.hello", nil), m.word("_text")}
	if m.Link != "" {
		after = append(after, Text(m.Lang, "mail.life", map[string]any{"Count": m.Minutes}))
	}
	return before, append(after, m.word("_ignore"))
}

// foot says who writes.
func (m Mail) foot() string {
	return Text(m.Lang, "mail.foot", map[string]any{"Site": m.Site})
}

// Subject is the subject: one line.
func (m Mail) Subject() string { return m.word("_subject") }

// Text is the mail as plain text, with lines that end in "\n".
func (m Mail) Text() string {
	before, after := m.paragraphs()
	if m.Link != "" {
		before = append(before, m.Link)
	}
	return strings.Join(append(before, after...), "\n\n") + "\n\n-- \n" + m.foot() + "\n"
}
