package main

import "go/ast"

// findGormAll finds changes that do not say which rows they change.
//
// Trap: Update and Delete without a condition take the rows from the model's
// own primary keys (gorm 1.31.2, callbacks/update.go and delete.go). If those
// are zero GORM refuses with ErrMissingWhereClause while the program runs, and
// with AllowGlobalUpdate it changes the whole table (callbacks/helper.go). Nor
// does such a change see that somebody else was faster.
//
// Instead: Where beside it, with the id and with the version or state that was
// read.
func findGormAll(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		recv, name := p.gormCall(call)
		switch name {
		case "Update", "Updates", "UpdateColumn", "UpdateColumns":
		case "Delete":
			if len(call.Args) > 1 {
				continue
			}
		default:
			continue
		}
		if !p.chained(recv, "Where") {
			p.report(call, "%s without a Where beside it; say which rows", name)
		}
	}
}
