package main

import (
	"go/ast"
	"go/types"
)

// findGormContext finds queries that nobody can end.
//
// Trap: a handle from gorm.Open has context.Background (gorm 1.31.2, gorm.go
// Open). A query on it goes on when the request has ended, past every deadline:
// a database that does not answer holds the request for ever. noctx knows
// database/sql only.
//
// Instead: handles that are kept, in fields and variables of a package, begin
// each query with WithContext.
func findGormContext(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		recv, name := p.gormCall(call)
		switch name {
		case "", "WithContext", "DB", "Use", "Callback", "Name":
			continue
		case "Session":
			if hasField(call, "Context") {
				continue
			}
		}
		if p.isKept(recv) {
			p.report(call, "%s on a handle that is kept; begin with WithContext", name)
		}
	}
}

// isKept says whether a handle is a field or a variable of a package.
func (p *pass) isKept(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		if s := p.TypesInfo.Selections[x]; s != nil {
			return s.Kind() == types.FieldVal && !isNamed(s.Recv(), gormPath, "Statement")
		}
		return p.TypesInfo.Uses[x.Sel] != nil // a variable of another package
	case *ast.Ident:
		obj := p.object(x)
		return obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope()
	}
	return false
}

// hasField says whether an argument of a call is a literal that sets a field.
func hasField(call *ast.CallExpr, field string) (found bool) {
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if kv, ok := n.(*ast.KeyValueExpr); ok {
				name, ok := kv.Key.(*ast.Ident)
				found = found || ok && name.Name == field
			}
			return true
		})
	}
	return found
}
