package models

import "io"

const (
	maxScoreRows    = 10_000_000    // pairs of one score file
	maxScore        = 1_000_000_000 // in size; what the solver and the checker take
	maxNodeCapacity = 1_000_000
)

// ScoreRow is a pair that may be formed, from scores.csv. A pair that is not listed is forbidden.
type ScoreRow struct {
	Left, Right string // ids
	Score       int64  // within 1,000,000,000 on either side of 0
	Must        bool   // the pair is forced
	Row         int    // line of the file
}

var scoreColumns = []column[ScoreRow]{
	{
		name: "left", required: true, text: true, example: "E-0007",
		help: Title{
			EN: "Id on the left side, such as a mentee.",
			ES: "Identificador del lado izquierdo, por ejemplo una persona mentorada.",
			FR: "Identifiant du côté gauche, par exemple une personne mentorée.",
		},
		parse: func(t *table, cell string, s *ScoreRow) { s.Left = t.sharedID(cell) },
	},
	{
		name: "right", required: true, text: true, example: "M-0042",
		help: Title{
			EN: "Id on the right side, such as a mentor; each pair stands once.",
			ES: "Identificador del lado derecho, por ejemplo una mentora o un mentor; cada par aparece una sola vez.",
			FR: "Identifiant du côté droit, par exemple une mentore ou un mentor; chaque paire figure une seule fois.",
		},
		parse: func(t *table, cell string, s *ScoreRow) { s.Right = t.sharedID(cell) },
	},
	{
		name: "score", required: true, example: "51200",
		help: Title{
			EN: "Whole number, negative ones too, at most 1000000000 in size; a pair that is not listed is forbidden.",
			ES: "Número entero, también negativo, de magnitud máxima 1000000000; un par que no aparece está prohibido.",
			FR: "Nombre entier, négatif aussi, d'au plus 1000000000 en grandeur; une paire absente est interdite.",
		},
		parse: parseScore,
	},
	{
		name: "must", example: "no",
		help: Title{
			EN: "`yes` forces the pair; `no` when not given.",
			ES: "`yes` impone el par; `no` si no se indica.",
			FR: "`yes` impose la paire; `no` par défaut.",
		},
		parse: func(t *table, cell string, s *ScoreRow) { s.Must = t.yes(cell) },
	},
}

func parseScore(t *table, cell string, s *ScoreRow) {
	digits, sign := cell, int64(1)
	if cell[0] == '-' {
		digits, sign = cell[1:], -1
	}
	n, ok := parseWhole(digits, maxScore)
	if !ok {
		t.fail("people.bad_score", "Value", shown(cell), "Max", maxScore)
	}
	s.Score = sign * n
}

// ReadScores reads scores.csv: the rows without an error, in the order of the file, and a report as ReadPeople gives.
// Each pair may stand once. Cost: linear in the size of the file, at most ten million rows.
func ReadScores(file string, src io.Reader) ([]ScoreRow, Report) {
	pairs := map[uint64]int32{}
	return readTable(file, src, layout[ScoreRow]{
		columns: scoreColumns,
		most:    maxScoreRows,
		finish: func(t *table, s *ScoreRow) {
			s.Row = t.line
			t.oncePair(pairs, s.Left, s.Right)
		},
	})
}

// oncePair reports a pair of ids, both read by sharedID, that an earlier row has; pairs holds the line of each pair.
func (t *table) oncePair(pairs map[uint64]int32, left, right string) {
	if left == "" || right == "" {
		return
	}
	key := uint64(t.cache.shared[left])<<32 | uint64(t.cache.shared[right])
	if first, ok := pairs[key]; ok {
		t.fail("people.doubled_pair", "Left", shown(left), "Right", shown(right), "Row", int(first))
		return
	}
	pairs[key] = int32(t.line)
}

// sharedID reads an id that many rows may have. It keeps each one in memory once and numbers them.
func (t *table) sharedID(cell string) string {
	if n, ok := t.cache.shared[cell]; ok {
		return t.cache.names[n]
	}
	id := t.id(cell)
	if id != "" {
		t.cache.shared[id] = int32(len(t.cache.names))
		t.cache.names = append(t.cache.names, id)
	}
	return id
}

// Node is an id of one side with the numbers of pairs that it takes, from left.csv or right.csv.
type Node struct {
	ID       string
	Capacity int // most pairs, 0 to 1,000,000; 1 when not given
	Minimum  int // fewest pairs, 0 to Capacity; 0 when not given
}

var nodeColumns = []column[Node]{
	{
		name: "id", required: true, text: true, example: "M-0042",
		help: Title{
			EN: "Id as in scores.csv, unique in the file.",
			ES: "Identificador como en scores.csv, único en el archivo.",
			FR: "Identifiant comme dans scores.csv, unique dans le fichier.",
		},
		parse: func(t *table, cell string, n *Node) { n.ID = t.newID(cell) },
	},
	{
		name: "capacity", example: "2",
		help: Title{
			EN: "Most pairs of this id, 0 to 1000000; 1 when not given.",
			ES: "Máximo de pares de este identificador, de 0 a 1000000; 1 si no se indica.",
			FR: "Nombre maximal de paires de cet identifiant, de 0 à 1000000; 1 par défaut.",
		},
		parse: func(t *table, cell string, n *Node) {
			if !t.whole(cell, 0, maxNodeCapacity, &n.Capacity) {
				n.Capacity = maxNodeCapacity // the minimum is then compared with nothing smaller
			}
		},
	},
	{
		name: "minimum", example: "0",
		help: Title{
			EN: "Fewest pairs of this id, at most the capacity; 0 when not given.",
			ES: "Mínimo de pares de este identificador, como máximo la capacidad; 0 si no se indica.",
			FR: "Nombre minimal de paires de cet identifiant, au plus la capacité; 0 par défaut.",
		},
		parse: func(t *table, cell string, n *Node) { t.whole(cell, 0, maxNodeCapacity, &n.Minimum) },
	},
}

// ReadNodes reads left.csv or right.csv: the rows without an error, in the order of the file, and a report as
// ReadPeople gives. Cost: linear in the size of the file.
func ReadNodes(file string, src io.Reader) ([]Node, Report) {
	return readTable(file, src, layout[Node]{
		columns: nodeColumns,
		most:    maxRows,
		fresh:   Node{Capacity: 1},
		finish: func(t *table, n *Node) {
			if n.Minimum > n.Capacity {
				t.column = "minimum"
				t.fail("people.minimum_over_capacity", "Minimum", n.Minimum, "Capacity", n.Capacity)
			}
		},
	})
}

// RankRow is what one id of a side prefers, from left-ranks.csv or right-ranks.csv.
type RankRow struct {
	ID    string
	Ranks []string // ids of the other side, the most wanted first; who is not there is not accepted
	Row   int      // line of the file
}

var rankColumns = []column[RankRow]{
	{
		name: "id", required: true, text: true, example: "E-0007",
		help: Title{
			EN: "Id whose preferences these are, unique in the file.",
			ES: "Identificador de quien son estas preferencias, único en el archivo.",
			FR: "Identifiant dont ce sont les préférences, unique dans le fichier.",
		},
		parse: func(t *table, cell string, r *RankRow) { r.ID = t.newID(cell) },
	},
	{
		name: "ranks", text: true, example: "M-0042;M-0007",
		help: Title{
			EN: "Ids of the other side, most wanted first; one that is not listed is not accepted.",
			ES: "Identificadores del otro lado, primero el más deseado; el que no aparece no se acepta.",
			FR: "Identifiants de l'autre côté, le plus souhaité en premier; celui qui n'y figure pas n'est pas accepté.",
		},
		parse: func(t *table, cell string, r *RankRow) { r.Ranks = t.ids(cell, noLimit) },
	},
}

// ReadRanks reads left-ranks.csv or right-ranks.csv: the rows without an error, in the order of the file, and a report as
// ReadPeople gives. Cost: linear in the size of the file.
func ReadRanks(file string, src io.Reader) ([]RankRow, Report) {
	return readTable(file, src, layout[RankRow]{
		columns: rankColumns,
		most:    maxRows,
		finish:  func(t *table, r *RankRow) { r.Row = t.line },
	})
}
