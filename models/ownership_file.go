package models

import (
	"encoding/csv"
	"io"
	"slices"
)

// OwnershipRow is what one row of ownership.csv says about one dimension of the ownership of a firm. It is for the
// vault and never part of a Profile.
type OwnershipRow struct {
	ID        string // of the person
	Dimension string // a term of Vocabulary.Ownership
	Value     string // a term of Vocabulary.OwnershipValues
}

// NotAsked is the value that says that there is no answer.
const NotAsked = "not_asked"

var ownershipColumns = []column[OwnershipRow]{
	{
		name: "id", required: true, text: true, example: "E-0007",
		help: Title{
			EN: "Id as in the people files.",
			ES: "Identificador como en los archivos de personas.",
			FR: "Identifiant comme dans les fichiers de personnes.",
		},
		parse: func(t *table, cell string, o *OwnershipRow) { o.ID = t.sharedID(cell) },
	},
	{
		name: "dimension", required: true, example: "women",
		help: Title{
			EN: "What the answer is about; each id has at most one answer to each.",
			ES: "Sobre qué es la respuesta; cada identificador tiene como máximo una para cada dimensión.",
			FR: "Sur quoi porte la réponse; chaque identifiant en a au plus une pour chaque dimension.",
		},
		parse: func(t *table, cell string, o *OwnershipRow) {
			o.Dimension = t.sharedID(t.privateTerm(cell, "people.unknown_dimension", t.words.Ownership))
		},
	},
	{
		name: "value", required: true, example: "prefer_not_to_say",
		help: Title{
			EN: "`yes`, `no`, `prefer_not_to_say` or `not_asked`.",
			ES: "`yes`, `no`, `prefer_not_to_say` o `not_asked`.",
			FR: "`yes`, `no`, `prefer_not_to_say` ou `not_asked`.",
		},
		parse: func(t *table, cell string, o *OwnershipRow) {
			o.Value = t.privateTerm(cell, "people.unknown_answer", t.words.OwnershipValues)
		},
	},
}

// privateTerm reads an id of a vocabulary and repeats nothing of an unknown one, since problems are shown and logged.
func (t *table) privateTerm(cell, key string, terms []Term) string {
	n := slices.IndexFunc(terms, func(term Term) bool { return term.ID == cell })
	if n < 0 {
		t.fail(key)
		return ""
	}
	return terms[n].ID
}

// ReadOwnership reads ownership.csv: the rows without an error, in the order of the file, and a report as ReadPeople
// gives. A file without rows is fine. Whether the ids exist is for the caller to check, who knows the people.
// Cost: linear in the size of the file.
func ReadOwnership(file string, src io.Reader) ([]OwnershipRow, Report) {
	pairs := map[uint64]int32{}
	return readTable(file, src, layout[OwnershipRow]{
		columns: ownershipColumns,
		most:    maxRows,
		empty:   true,
		finish:  func(t *table, o *OwnershipRow) { t.oncePair(pairs, o.ID, o.Dimension) },
	})
}

// WriteOwnership writes answers as ownership.csv. The caller keeps the file from other readers (mode 0600).
func WriteOwnership(w io.Writer, rows []OwnershipRow) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"id", "dimension", "value"}) // Flush keeps the first error
	for _, r := range rows {
		_ = out.Write([]string{SafeCell(r.ID), r.Dimension, r.Value})
	}
	out.Flush()
	return out.Error()
}
