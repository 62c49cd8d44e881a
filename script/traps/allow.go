package main

import (
	"go/token"
	"regexp"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// permission is a comment that lets one rule pass on one line.
type permission struct {
	pos    token.Pos
	file   string
	line   int // that it stands on; it also covers the next one
	rule   string
	reason string
	used   bool
}

// permissions are those of a package.
type permissions []*permission

var allowForm = regexp.MustCompile(`^//\s*lint:allow\b\s*([\w-]*)\s*:?\s*(.*)$`)

// readPermissions reads all permissions of a package.
func readPermissions(a *analysis.Pass) (all permissions) {
	for _, file := range a.Files {
		for _, group := range file.Comments {
			for _, c := range group.List {
				if m := allowForm.FindStringSubmatch(c.Text); m != nil {
					at := a.Fset.Position(c.Pos())
					all = append(all, &permission{pos: c.Pos(), file: at.Filename, line: at.Line, rule: m[1], reason: m[2]})
				}
			}
		}
	}
	return all
}

// take says whether a finding is permitted, by its own line or the one above.
// A permission without a reason permits nothing.
func (all permissions) take(files *token.FileSet, f finding) (taken bool) {
	at := files.Position(f.pos)
	for _, p := range all {
		if p.rule == f.rule && p.reason != "" && p.file == at.Filename && (p.line == at.Line || p.line == at.Line-1) {
			p.used, taken = true, true
		}
	}
	return taken
}

// complaints are about permissions that say no rule or reason, or are not
// needed.
func (all permissions) complaints(rules []rule) (found []finding) {
	for _, p := range all {
		switch {
		case !slices.ContainsFunc(rules, func(r rule) bool { return r.name == p.rule }):
			found = append(found, finding{"allow", p.pos, "there is no rule " + p.rule + "; write //lint:allow RULE: reason"})
		case p.reason == "":
			found = append(found, finding{"allow", p.pos, "say why: //lint:allow " + p.rule + ": reason"})
		case !p.used:
			found = append(found, finding{"allow", p.pos, "not needed: " + p.rule + " finds nothing here"})
		}
	}
	return found
}
