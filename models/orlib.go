package models

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	maxOrlibSize = 3162    // its square is within the pairs of a score file
	maxOrlibLine = 1 << 20 // bytes
)

// ReadOrlib reads an assignment problem of OR-Library (Beasley 1990; its files assign100 to assign800): white space
// between whole numbers, first the size n, then the n times n costs row by row, in lines of any length. Row i becomes
// the left id Li and column j the right id Rj, with zeros in front so that ids sort as numbers do. The report has the
// first thing that is wrong; rows are given only if nothing is. Cost: linear in the size of the file, n at most 3,162.
func ReadOrlib(file string, src io.Reader) ([]ScoreRow, Report) {
	r := orlibReader{problem: Problem{File: file}}
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxOrlibLine)
	for r.problem.Key == "" && lines.Scan() {
		r.problem.Row++
		for word := range strings.FieldsSeq(lines.Text()) {
			r.take(word)
		}
	}
	err := lines.Err()
	switch {
	case r.problem.Key != "":
	case err != nil:
		r.fail("people.unreadable", map[string]any{"Error": shown(err.Error())})
	case r.size == 0:
		r.fail("people.orlib_size", map[string]any{"Value": shown(""), "Max": maxOrlibSize})
	case len(r.rows) < r.size*r.size:
		r.fail("people.orlib_numbers", map[string]any{"Got": len(r.rows), "Want": r.size * r.size})
	}
	if r.problem.Key != "" {
		return nil, Report{Problems: Problems{r.problem}}
	}
	return r.rows, Report{Rows: len(r.rows)}
}

type orlibReader struct {
	size    int
	ids     [2][]string
	rows    []ScoreRow
	problem Problem // the first; its row is the line that is being read
}

func (r *orlibReader) fail(key string, args map[string]any) {
	if r.problem.Key == "" {
		r.problem.Key, r.problem.Args = key, args
	}
}

// take reads the next word of the file.
func (r *orlibReader) take(word string) {
	n, err := strconv.ParseInt(word, 10, 64)
	switch at := len(r.rows); {
	case r.problem.Key != "":
	case r.size == 0 && (err != nil || n < 1 || n > maxOrlibSize):
		r.fail("people.orlib_size", map[string]any{"Value": shown(word), "Max": maxOrlibSize})
	case r.size == 0:
		r.start(int(n), len(word))
	case err != nil || n > maxScore || n < -maxScore:
		r.fail("people.bad_score", map[string]any{"Value": shown(word), "Max": maxScore})
	case at == r.size*r.size:
		r.fail("people.orlib_numbers", map[string]any{"Got": at + 1, "Want": at})
	default:
		r.rows = append(r.rows, ScoreRow{Left: r.ids[0][at/r.size], Right: r.ids[1][at%r.size], Score: n, Row: r.problem.Row})
	}
}

// start names the ids of n rows and n columns.
func (r *orlibReader) start(n, digits int) {
	r.size = n
	r.rows = make([]ScoreRow, 0, min(n*n, 1<<16))
	for i := range n {
		r.ids[0] = append(r.ids[0], fmt.Sprintf("L%0*d", digits, i+1))
		r.ids[1] = append(r.ids[1], fmt.Sprintf("R%0*d", digits, i+1))
	}
}
