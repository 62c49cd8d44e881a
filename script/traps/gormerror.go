package main

import (
	"go/ast"
	"slices"
)

// findGormError finds statements whose error nobody looks at.
//
// Trap: GORM's verbs return *gorm.DB, so neither the compiler nor errcheck sees
// that an error is dropped. gorm 1.31.2 keeps it in the field Error of the
// result (finisher_api.go, gorm.go AddError); a failed Create, a broken
// constraint and ErrRecordNotFound all look like success. RowsAffected alone is
// 0 both when nothing matched and when the database was away.
//
// Instead: read Error of the result, or hand the result to who does.
func findGormError(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		_, name := p.gormCall(call)
		if !slices.Contains(finishers, name) {
			continue
		}
		f := p.fateOf(c)
		further := false
		for read := range f.read {
			further = further || read != "RowsAffected" && read != "Statement"
		}
		if !f.passed && !further {
			p.report(call, "nobody looks at Error of this %s", name)
		}
	}
}

// finishers are the verbs of GORM that go to the database and return a handle.
var finishers = []string{
	"Create", "CreateInBatches", "Save", "First", "Take", "Last", "Find", "FindInBatches", "FirstOrInit", "FirstOrCreate", "Update", "Updates",
	"UpdateColumn", "UpdateColumns", "Delete", "Count", "Scan", "Pluck", "Exec", "Commit", "Rollback", "SavePoint", "RollbackTo",
}
