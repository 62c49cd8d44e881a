package models

import "io"

// The sides that a row of groups.csv can name.
const (
	GroupLeft  = "left"
	GroupRight = "right"
)

// GroupRow is a member of a group.
type GroupRow struct {
	Group string
	ID    string
	Side  string // GroupLeft or GroupRight, of score files; "" when not given
	With  string // of score files: the right id, where ID and it are a pair; "" else
	Row   int    // line of the file
}

var groupColumns = []column[GroupRow]{
	{
		name: "group", required: true, text: true, example: "women-led",
		help: Title{
			EN: "Name of a group, as rules call it; one row for each member.",
			ES: "Nombre de un grupo, como lo llaman las reglas; una fila por integrante.",
			FR: "Nom d'un groupe, tel que les règles l'appellent; une ligne par membre.",
		},
		parse: func(t *table, cell string, g *GroupRow) { g.Group = t.sharedID(cell) },
	},
	{
		name: "id", required: true, text: true, example: "E-0007",
		help: Title{
			EN: "Id of a member.",
			ES: "Identificador de una persona integrante.",
			FR: "Identifiant d'un membre.",
		},
		parse: func(t *table, cell string, g *GroupRow) { g.ID = t.sharedID(cell) },
	},
	{
		name: "side", example: "left",
		help: Title{
			EN: "Of score files: the side of the id, `left` or `right`; `left` when not given.",
			ES: "En archivos de puntajes: el lado del identificador, `left` o `right`; `left` si no se indica.",
			FR: "Pour les fichiers de notes : le côté de l'identifiant, `left` ou `right`; `left` par défaut.",
		},
		parse: func(t *table, cell string, g *GroupRow) {
			if cell != GroupLeft && cell != GroupRight {
				t.fail("people.unknown_side", "Value", shown(cell))
				return
			}
			g.Side = GroupLeft
			if cell == GroupRight {
				g.Side = GroupRight
			}
		},
	},
	{
		name: "with", text: true, example: "M-0042",
		help: Title{
			EN: "Of score files: the right id that makes a pair with the left `id`; such rows are a group of pairs.",
			ES: "En archivos de puntajes: el identificador derecho que forma una dupla con el `id` izquierdo; tales filas son un grupo de duplas.",
			FR: "Pour les fichiers de notes : l'identifiant de droite qui forme une dyade avec l'`id` de gauche; de telles lignes sont un groupe de dyades.",
		},
		parse: func(t *table, cell string, g *GroupRow) { g.With = t.sharedID(cell) },
	},
}

// ReadGroups reads groups.csv: the rows without an error and a report as ReadPeople gives. A member may stand once in
// a group. A group may be of people that no other file has.
func ReadGroups(file string, src io.Reader) ([]GroupRow, Report) {
	members := map[GroupRow]int{}
	return readTable(file, src, layout[GroupRow]{
		columns: groupColumns,
		most:    maxScoreRows,
		finish: func(t *table, g *GroupRow) {
			if g.With != "" && g.Side == GroupRight {
				t.fail("people.pair_side")
			}
			key := *g
			if first, there := members[key]; there {
				t.fail("people.doubled_member", "Group", shown(g.Group), "ID", shown(g.ID), "Row", first)
			}
			members[key] = t.line
			g.Row = t.line
		},
	})
}
