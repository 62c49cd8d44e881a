package models

import (
	"io"
	"slices"
	"strings"
)

// The rules that staff set for single pairs in rules.csv.
const (
	RuleMust  = "must"  // the pair is formed
	RuleNever = "never" // the pair is not formed
	RuleLock  = "lock"  // the pair stands already and stays
)

// RuleRow is one rule for one pair.
type RuleRow struct {
	Mentee, Mentor string // ids
	Rule           string // RuleMust, RuleNever or RuleLock
	Row            int    // line of the file
}

var ruleColumns = []column[RuleRow]{
	{
		name: "mentee", required: true, text: true, example: "E-0007",
		help: Title{
			EN: "Id of a mentee.",
			ES: "Identificador de una persona mentorada.",
			FR: "Identifiant d'une personne mentorée.",
		},
		parse: func(t *table, cell string, r *RuleRow) { r.Mentee = t.sharedID(cell) },
	},
	{
		name: "mentor", required: true, text: true, example: "M-0042",
		help: Title{
			EN: "Id of a mentor; each pair has one rule at most.",
			ES: "Identificador de una mentora o un mentor; cada par tiene como máximo una regla.",
			FR: "Identifiant d'une mentore ou d'un mentor; chaque paire a au plus une règle.",
		},
		parse: func(t *table, cell string, r *RuleRow) { r.Mentor = t.sharedID(cell) },
	},
	{
		name: "rule", required: true, example: "never",
		help: Title{
			EN: "`must` forms the pair, `never` forbids it, `lock` keeps a pair that stands already.",
			ES: "`must` forma el par, `never` lo prohíbe, `lock` conserva un par que ya existe.",
			FR: "`must` forme la paire, `never` l'interdit, `lock` conserve une paire déjà formée.",
		},
		parse: parseRule,
	},
}

func parseRule(t *table, cell string, r *RuleRow) {
	if !slices.Contains([]string{RuleMust, RuleNever, RuleLock}, cell) {
		t.fail("people.unknown_rule", "Value", shown(cell))
		return
	}
	r.Rule = strings.Clone(cell)
}

// ReadRules reads rules.csv: the rows without an error, in the order of the file, and a report as ReadPeople gives.
// A file without rows is fine. Whether the ids exist is for the caller to check, who knows the people.
// Cost: linear in the size of the file.
func ReadRules(file string, src io.Reader) ([]RuleRow, Report) {
	pairs := map[uint64]int32{}
	return readTable(file, src, layout[RuleRow]{
		columns: ruleColumns,
		most:    maxRows,
		empty:   true,
		finish: func(t *table, r *RuleRow) {
			r.Row = t.line
			t.oncePair(pairs, r.Mentee, r.Mentor)
		},
	})
}
