package models

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// docWords are the fixed words of docs/people-files.md; everything else comes from the tables of columns.
var docWords = []struct {
	lang, heading, rules, columns, yes, no, topics, others, terms string
}{
	{
		"en", "English", `Every file is a table in CSV (RFC 4180) and UTF-8; a first line names the columns. Column order is free. Separators may be commas,
semicolons or tabs, lines may end in LF or CRLF, and a byte order mark does no harm. Columns that are not listed here are
ignored and reported. Inside a cell the items of a list are separated by ` + "`;`" + `. An empty cell means "not given".
Values are exact: small and capital letters count, numbers are written with the digits 0 to 9, and nothing is guessed.

Limits: 64 KiB for a cell, 256 columns, 2,000,000 rows (10,000,000 in scores.csv). All errors of a file are listed at once with
file, row and column, up to 1,000. A text that starts like a formula (` + "`=` `+` `-` `@`" + `, a tab, a carriage return or a full-width form)
is accepted with a warning; files that Puente writes put an apostrophe before it, which reading takes away again.`,
		"| column | required | example | meaning |", "yes", "no", "Topics", "Other values", "| value | meaning |",
	},
	{
		"es", "Español", `Cada archivo es una tabla en CSV (RFC 4180) y UTF-8; la primera línea nombra las columnas. El orden de las columnas es libre. Los
separadores pueden ser comas, puntos y coma o tabuladores; las líneas pueden terminar en LF o CRLF, y una marca de orden de bytes no
estorba. Las columnas que no aparecen aquí se ignoran y se informan. Dentro de una celda, los elementos de una lista se separan con
` + "`;`" + `. Una celda vacía significa «no indicado». Los valores son exactos: se distinguen mayúsculas y minúsculas, los números se
escriben con los dígitos 0 a 9 y nada se adivina.

Límites: 64 KiB por celda, 256 columnas, 2,000,000 de filas (10,000,000 en scores.csv). Todos los errores de un archivo se muestran de una
vez con archivo, fila y columna, hasta 1,000. Un texto que empieza como una fórmula (` + "`=` `+` `-` `@`" + `, un tabulador, un retorno de carro o
una forma de ancho completo) se acepta con una advertencia; los archivos que escribe Puente le anteponen un apóstrofo, que la lectura quita.`,
		"| columna | obligatoria | ejemplo | significado |", "sí", "no", "Temas", "Otros valores", "| valor | significado |",
	},
	{
		"fr", "Français", `Chaque fichier est un tableau en CSV (RFC 4180) et en UTF-8; la première ligne nomme les colonnes. L'ordre des colonnes est libre. Les
séparateurs peuvent être des virgules, des points-virgules ou des tabulations; les lignes peuvent finir par LF ou CRLF, et un indicateur
d'ordre des octets ne gêne pas. Les colonnes qui ne figurent pas ici sont ignorées et signalées. Dans une cellule, les éléments d'une
liste sont séparés par ` + "`;`" + `. Une cellule vide signifie « non indiqué ». Les valeurs sont exactes : les majuscules et les
minuscules comptent, les nombres s'écrivent avec les chiffres 0 à 9, et rien n'est deviné.

Limites : 64 Kio par cellule, 256 colonnes, 2 000 000 de lignes (10 000 000 dans scores.csv). Toutes les erreurs d'un fichier sont affichées
d'un coup avec le fichier, la ligne et la colonne, jusqu'à 1 000. Un texte qui commence comme une formule (` + "`=` `+` `-` `@`" + `, une tabulation, un
retour de chariot ou une forme pleine chasse) est accepté avec un avertissement; les fichiers écrits par Puente le font précéder d'une
apostrophe, que la lecture retire.`,
		"| colonne | obligatoire | exemple | signification |", "oui", "non", "Sujets", "Autres valeurs", "| valeur | signification |",
	},
}

// docColumn is what the documentation says of a column.
type docColumn struct {
	name, example string
	required      bool
	help          Title
}

func docColumns[T any](columns []column[T]) []docColumn {
	var list []docColumn
	for _, c := range columns {
		list = append(list, docColumn{c.name, c.example, c.required, c.help})
	}
	return list
}

func docFields(role Role) []docColumn {
	var list []docColumn
	for _, f := range FieldsOf(role) {
		list = append(list, docColumn{f.Name, f.Example, f.Required, f.Help})
	}
	return list
}

// docFiles are the files in the order of the documentation.
var docFiles = []struct {
	name    string
	columns []docColumn
}{
	{"mentees.csv", docFields(RoleMentee)},
	{"mentors.csv", docFields(RoleMentor)},
	{"scores.csv", docColumns(scoreColumns)},
	{"left.csv, right.csv", docColumns(nodeColumns)},
	{"left-ranks.csv, right-ranks.csv", docColumns(rankColumns)},
	{"groups.csv", docColumns(groupColumns)},
	{"rules.csv", docColumns(ruleColumns)},
	{"ownership.csv", docColumns(ownershipColumns)},
}

func TestPeopleFilesDoc(t *testing.T) {
	var b strings.Builder
	b.WriteString("<!-- Written by `go test ./models -update` from the tables of columns. Do not edit. -->\n\n# Files of people, scores and rules\n")
	v := Vocabularies()
	for _, w := range docWords {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", w.heading, w.rules)
		for _, file := range docFiles {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n|---|---|---|---|\n", file.name, w.columns)
			for _, c := range file.columns {
				required := w.no
				if c.required {
					required = w.yes
				}
				fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", c.name, required, c.example, c.help.In(w.lang))
			}
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n|---|---|\n", w.topics, w.terms)
		for _, topic := range v.Topics {
			fmt.Fprintf(&b, "| `%s` | %s |\n", topic.ID, topic.Title.In(w.lang))
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n|---|---|\n", w.others, w.terms)
		for _, terms := range [][]Term{v.Countries, v.Stages, v.Cadences, v.Formats} {
			for _, term := range terms {
				fmt.Fprintf(&b, "| `%s` | %s |\n", term.ID, term.Title.In(w.lang))
			}
		}
		for _, language := range v.Languages {
			fmt.Fprintf(&b, "| `%s` | %s |\n", language.ID, language.Title.In(w.lang))
		}
	}
	golden(t, filepath.Join("..", "docs", "people-files.md"), b.String())
}

func TestFieldsTable(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range docFiles {
		for _, c := range file.columns {
			if c.name == "" || c.example == "" || c.help.EN == "" || c.help.ES == "" || c.help.FR == "" {
				t.Errorf("%s: the column %q lacks a name, an example or a meaning", file.name, c.name)
			}
		}
	}
	for _, f := range Fields {
		if seen[f.Name] || f.parse == nil || f.format == nil || f.Roles == 0 {
			t.Errorf("column %q is doubled or lacks parse, format or roles", f.Name)
		}
		seen[f.Name] = true
	}
}

// TestExamplesAreValid reads a file made of the examples of each role and writes it again.
func TestExamplesAreValid(t *testing.T) {
	for _, role := range []Role{RoleMentee, RoleMentor} {
		t.Run(role.String(), func(t *testing.T) {
			var cells []string
			for _, f := range FieldsOf(role) {
				cells = append(cells, f.Name, f.Example)
			}
			people, report := ReadPeople("examples", strings.NewReader(person(nil, cells...)), role)
			if len(report.Problems) > 0 || len(people) != 1 {
				t.Fatal(report.Problems)
			}
			for _, f := range FieldsOf(role) {
				if got := f.format(&people[0]); got != f.Example {
					t.Errorf("%s is written as %q, the example is %q", f.Name, got, f.Example)
				}
			}
		})
	}
}
