package jobs

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"puente/models"
)

// rowsShown is how many rows of a kind the text of a report names; its JSON
// has all.
const rowsShown = 20

// WriteText writes the report for people to read, in the language of words.
func (r *ImportReport) WriteText(w io.Writer, words Words) error {
	t := reportText{w: bufio.NewWriter(w), words: words}
	t.say("import.rows", map[string]any{
		"Rows": r.Rows, "People": r.Mentors + r.Mentees, "Mentors": r.Mentors, "Mentees": r.Mentees, "Skipped": len(r.Skipped),
	})
	t.list("import.skipped", len(r.Skipped), func(i int) {
		s := r.Skipped[i]
		t.row(s.Row, s.ID, "", words.Say(s.Reason, s.Args))
	})
	t.list("import.left_out", len(r.LeftOut), func(i int) {
		l := r.LeftOut[i]
		t.row(l.Row, l.ID, l.Column, words.Say(l.Reason, l.Args))
	})
	t.list("import.adapted", len(r.Adapted), func(i int) {
		c := r.Adapted[i]
		t.row(c.Row, c.ID, "", words.Say("import.adapted_code", map[string]any{"Raw": quoted(c.Raw), "Used": c.Used}))
	})
	t.list("import.unknown", len(r.Unknown), func(i int) {
		c := r.Unknown[i]
		t.row(c.Row, c.ID, "", quoted(c.Raw))
	})
	if len(r.Unused) > 0 {
		t.say("import.unused", map[string]any{"Names": strings.Join(r.Unused, ", ")})
	}
	t.counts("import.missing", nil, r.Missing)
	if r.Seed != nil {
		t.counts("import.simulated", map[string]any{"Number": r.Synthetic, "Seed": fmt.Sprint(*r.Seed)}, r.Simulated)
	} else if r.incomplete() {
		t.say("import.incomplete", nil)
	}
	t.ownership(r.Ownership)
	return t.w.Flush()
}

// incomplete says whether somebody lacks what the people files require.
func (r *ImportReport) incomplete() bool {
	for _, c := range r.Missing {
		if models.Fields[fieldNumber(c.Column)].Required {
			return true
		}
	}
	return false
}

// reportText writes lines; the writer keeps the first error for the end.
type reportText struct {
	w     *bufio.Writer
	words Words
}

func (t *reportText) say(key string, args map[string]any) { fmt.Fprintln(t.w, t.words.Say(key, args)) }

func (t *reportText) list(key string, n int, row func(int)) {
	if n == 0 {
		return
	}
	t.say(key, map[string]any{"Number": n})
	for i := range min(n, rowsShown) {
		row(i)
	}
	if n > rowsShown {
		fmt.Fprint(t.w, "  ")
		t.say("import.more", map[string]any{"Number": n - rowsShown})
	}
}

func (t *reportText) row(row int, id, column, text string) {
	var place strings.Builder
	place.WriteString(t.words.Say("import.row", map[string]any{"Row": row}))
	for _, part := range []string{id, column} {
		if part != "" {
			place.WriteString(", " + strings.Trim(quoted(part), `"`))
		}
	}
	fmt.Fprintf(t.w, "  %s: %s\n", place.String(), text)
}

func (t *reportText) counts(key string, args map[string]any, counts ColumnCounts) {
	if len(counts) == 0 {
		return
	}
	t.say(key, args)
	for _, c := range counts {
		fmt.Fprintf(t.w, "  %s: ", c.Column)
		t.say("import.count", map[string]any{"Mentors": c.Mentors, "Mentees": c.Mentees})
	}
}

func (t *reportText) ownership(o OwnershipReport) {
	if len(o.Dimensions) == 0 {
		return
	}
	if o.Kept {
		t.say("import.ownership_kept", nil)
	} else {
		t.say("import.ownership_dropped", nil)
	}
	v := models.Vocabularies()
	for _, d := range o.Dimensions {
		name := d.Dimension
		for _, term := range v.Ownership {
			if term.ID == d.Dimension {
				name = term.Title.In(t.words.Lang)
			}
		}
		fmt.Fprintf(t.w, "  %s: ", name)
		t.say("import.ownership", map[string]any{"Yes": d.Yes, "No": d.No, "Private": d.PreferNotToSay, "NotAsked": d.NotAsked})
	}
}
