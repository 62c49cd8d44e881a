package main

import "go/ast"

// findGormFind finds single rows that are read without noticing that there is
// none.
//
// Trap: only First, Take and Last set RaiseErrorOnNotFound (gorm 1.31.2,
// finisher_api.go, scan.go). Find and Scan into one struct leave it zero and
// give no error; Find also reads every row that matches, and keeps the last.
//
// Instead: First, or RowsAffected of the result.
func findGormFind(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		recv, name := p.gormCall(call)
		if name != "Find" && name != "Scan" || len(call.Args) == 0 || !isStruct(deref(p.TypesInfo.TypeOf(call.Args[0]))) {
			continue
		}
		if f := p.fateOf(c); !f.read["RowsAffected"] && !f.passed && !p.chained(recv, "First", "Take", "Last") {
			p.report(call, "%s of one row does not say that there is none; use First, or look at RowsAffected", name)
		}
	}
}
