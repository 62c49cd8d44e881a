package models

import (
	"bufio"
	"bytes"
	"slices"
)

// Kind is what a file holds.
type Kind uint8

// The kinds of files that are read as tables.
const (
	KindUnknown Kind = iota
	KindMentors
	KindMentees
	KindScores
	KindNodes // left.csv or right.csv
	KindRules
	KindOwnership
	KindRanks  // left-ranks.csv or right-ranks.csv
	KindGroups // groups.csv
)

// String gives the word for the kind that file names use.
func (k Kind) String() string {
	return [...]string{"unknown", "mentors", "mentees", "scores", "nodes", "rules", "ownership", "ranks", "groups"}[k]
}

// KindOf recognises a file by the names of its columns. A people file with columns of both roles, or of none, is
// unknown, unless the columns that must be there decide.
func KindOf(header []string) Kind {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(header, n) })
	}
	switch {
	case has("left", "right") && !has("id"):
		return KindScores
	case has("mentee", "mentor") && !has("id"):
		return KindRules
	case has("id", "dimension", "value"):
		return KindOwnership
	case has("group", "id"):
		return KindGroups
	case has("expertise") && !has("needs"):
		return KindMentors
	case has("needs") && !has("expertise"):
		return KindMentees
	case has("needs"):
		return KindUnknown
	case has("languages") || has("sectors") || has("country"):
		return kindByRole(header)
	case has("id", "capacity") || has("id", "minimum"):
		return KindNodes
	case has("id", "ranks"):
		return KindRanks
	}
	return KindUnknown
}

// kindByRole decides by the columns that only one role has.
func kindByRole(header []string) Kind {
	only := map[Role]int{}
	for _, f := range Fields {
		if slices.Contains(header, f.Name) {
			only[f.Roles]++
		}
	}
	switch mentors, mentees := only[RoleMentor], only[RoleMentee]; {
	case mentors > 0 && mentees == 0:
		return KindMentors
	case mentees > 0 && mentors == 0:
		return KindMentees
	}
	return KindUnknown
}

// PeekKind recognises a file by its first line and leaves the reader where it was. The reader must have a buffer
// that holds the line; 64 KiB always do.
func PeekKind(r *bufio.Reader) Kind {
	head, _ := r.Peek(r.Size()) // what there is, also before an error that the reading itself will meet
	t := &table{}
	if !t.open(bytes.NewReader(head)) {
		return KindUnknown
	}
	header, err := t.csv.Read()
	if err != nil {
		return KindUnknown
	}
	return KindOf(header)
}
