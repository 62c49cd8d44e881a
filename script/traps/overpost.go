package main

import (
	"go/ast"
	"go/types"
)

// findOverpost finds rows of the database that come from, or go to, a client.
//
// Trap: encoding/json, gin's binding and huma fill every exported field of what
// they are given. If that is a row, a client sets its role, owner and version
// too, and an answer shows every column that the row ever gets.
//
// Instead: a type of the interface with the fields that are documented.
func findOverpost(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil), (*ast.StructType)(nil)) {
		switch n := c.Node().(type) {
		case *ast.CallExpr:
			if into := p.decodesInto(n); into != nil && isRow(p.TypesInfo.TypeOf(into)) {
				p.report(into, "whoever wrote this sets every column of a row; decode into a type of its own")
			}
		case *ast.StructType:
			for _, f := range n.Fields.List {
				if len(f.Names) == 1 && f.Names[0].Name == "Body" && isRow(p.TypesInfo.TypeOf(f.Type)) {
					p.report(f.Type, "this Body has every column of a row; use a type of its own")
				}
			}
		}
	}
}

// decodesInto is what a call fills from a text of somebody; nil if nothing.
func (p *pass) decodesInto(call *ast.CallExpr) ast.Expr {
	if p.function(call, "encoding/json") == "Unmarshal" && len(call.Args) == 2 {
		return call.Args[1]
	}
	if _, name := p.method(call, "encoding/json", "Decoder"); name == "Decode" && len(call.Args) == 1 {
		return call.Args[0]
	}
	_, name := p.method(call, ginPath, "Context")
	if len(call.Args) > 0 && (len(name) > 3 && name[:4] == "Bind" || len(name) > 9 && name[:10] == "ShouldBind") {
		return call.Args[0]
	}
	return nil
}

// isRow says whether a type is a row of the database, or a list of them: a
// struct with gorm's tags.
func isRow(t types.Type) bool {
	t = element(t)
	return isStruct(t) && fieldsTagged(t, "gorm")
}
