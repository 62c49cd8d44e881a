package models

import (
	"fmt"
	"strconv"
)

// A Problem is one thing that is wrong, or worth knowing, in a file that somebody gave us. Its text is a message
// key with arguments, so that every part of the program can show it in the reader's language.
type Problem struct {
	File    string         // as the caller named it
	Row     int            // line of the file (of a row over several lines the first), 1 is the header; 0 means the whole file
	Column  string         // name of the column; empty when the whole row or file is meant
	Key     string         // message key, such as "people.unknown_country"
	Args    map[string]any // fields of the message, such as "Value"; values out of the file come quoted and shortened
	Warning bool           // the file can be used all the same
}

// Place says where the problem is: file:row:column, with the parts that are known.
func (p Problem) Place() string {
	switch {
	case p.Row == 0:
		return p.File
	case p.Column == "":
		return fmt.Sprintf("%s:%d", p.File, p.Row)
	}
	return fmt.Sprintf("%s:%d:%s", p.File, p.Row, p.Column)
}

// Problems is everything found in one file or in several, in the order of the rows.
type Problems []Problem

// Errors counts the problems that are not warnings, also those that were counted but no longer listed.
func (p Problems) Errors() int {
	n := 0
	for _, one := range p {
		switch {
		case one.Warning:
		case one.Key == keyMoreErrors:
			more, _ := one.Args["Number"].(int)
			n += more
		default:
			n++
		}
	}
	return n
}

const (
	maxListed       = 1000 // errors listed for one file, and as many warnings
	keyMoreErrors   = "people.more_errors"
	keyMoreWarnings = "people.more_warnings"
)

// problemList collects the problems of one file. It lists at most maxListed errors and as many warnings, so that
// warnings never hide an error, and counts the rest.
type problemList struct {
	listed           Problems
	errors, warnings int
}

func (l *problemList) add(p Problem) {
	count := &l.errors
	if p.Warning {
		count = &l.warnings
	}
	*count++
	if *count <= maxListed {
		l.listed = append(l.listed, p)
	}
}

// done gives the list, closed with the number of problems that are not in it.
func (l *problemList) done(file string) Problems {
	if more := l.errors - maxListed; more > 0 {
		l.listed = append(l.listed, Problem{File: file, Key: keyMoreErrors, Args: map[string]any{"Number": more}})
	}
	if more := l.warnings - maxListed; more > 0 {
		l.listed = append(l.listed, Problem{File: file, Key: keyMoreWarnings, Args: map[string]any{"Number": more}, Warning: true})
	}
	return l.listed
}

const maxShown = 40 // characters of a value that a message repeats

// shown prepares a value out of a file for a message: in quotes, at most maxShown characters, everything that
// does not print written as an escape.
func shown(value string) string {
	n := 0
	for i := range value {
		if n == maxShown {
			return strconv.Quote(value[:i] + "…")
		}
		n++
	}
	return strconv.Quote(value)
}
