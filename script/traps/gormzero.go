package main

import (
	"go/ast"
	"go/types"
)

// findGormZero finds updates from a struct that name no columns.
//
// Trap: Updates(struct) writes the fields that are not zero (gorm 1.31.2,
// callbacks/update.go ConvertToAssignments: `(ok || !isZero) && field.Updatable`,
// where ok means that Select named the column). A consent that becomes false,
// a text that becomes empty and a number that becomes 0 stay as they were, and
// there is no error.
//
// Instead: Select the columns, or give a map.
func findGormZero(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		recv, name := p.gormCall(call)
		if name != "Updates" && name != "UpdateColumns" || len(call.Args) != 1 || p.chained(recv, "Select") {
			continue
		}
		t := deref(p.TypesInfo.TypeOf(call.Args[0]))
		if t == nil {
			continue
		}
		switch t.Underlying().(type) {
		case *types.Map:
		case *types.Struct:
			p.report(call.Args[0], "%s leaves out the zero fields of a struct; name the columns with Select, or use a map", name)
		default:
			p.report(call.Args[0], "%s leaves out the zero fields if this is a struct; name the columns with Select, or use a map", name)
		}
	}
}
