package main

import (
	"go/ast"
	"go/constant"
	"go/types"
)

// findGormSQL finds SQL that is made while the program runs.
//
// Trap: these arguments go into the statement as they are, without a
// placeholder (gorm 1.31.2, chainable_api.go: Order makes a Column with Raw
// true, Group and Pluck do if the text is more than a name, Select and Joins
// keep the text, Where and Raw make a clause.Expr of it). gosec knows the sinks
// of database/sql only.
//
// Instead: constants with arguments; an order that somebody chooses comes out
// of a table of constants.
func findGormSQL(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil), (*ast.CompositeLit)(nil)) {
		switch n := c.Node().(type) {
		case *ast.CallExpr:
			for _, text := range p.sqlOf(n) {
				if t := p.TypesInfo.TypeOf(text); t != nil && p.isText(n, t) && !p.fixed(text) {
					p.report(text, "SQL that is not fixed; use constants, and ? for values")
				}
			}
		case *ast.CompositeLit:
			p.checkClause(n)
		}
	}
}

// texts says from which argument on a method takes SQL, and to which.
var texts = map[string][2]int{
	"Where": {0, 1}, "Not": {0, 1}, "Or": {0, 1}, "Having": {0, 1}, "Order": {0, 1}, "Group": {0, 1}, "Joins": {0, 1}, "InnerJoins": {0, 1},
	"Table": {0, 1}, "Raw": {0, 1}, "Exec": {0, 1}, "Pluck": {0, 1}, "Update": {0, 1}, "UpdateColumn": {0, 1}, "Select": {0, 99}, "Distinct": {0, 99},
	"First": {1, 2}, "Take": {1, 2}, "Last": {1, 2}, "Find": {1, 2}, "Delete": {1, 2}, "FirstOrInit": {1, 2}, "FirstOrCreate": {1, 2},
}

// sqlOf gives the arguments of a call that become SQL.
func (p *pass) sqlOf(call *ast.CallExpr) []ast.Expr {
	if p.function(call, gormPath) == "Expr" && len(call.Args) > 0 {
		return call.Args[:1]
	}
	_, name := p.gormCall(call)
	span, ok := texts[name]
	if !ok {
		return nil
	}
	args := call.Args[min(span[0], len(call.Args)):min(span[1], len(call.Args))]
	if span[1] > 2 && len(args) > 1 && p.hasPlaceholder(args[0]) { // the rest are values
		return args[:1]
	}
	return args
}

func (p *pass) hasPlaceholder(e ast.Expr) bool {
	v := p.TypesInfo.Types[e].Value
	if v == nil || v.Kind() != constant.String {
		return false
	}
	for _, r := range constant.StringVal(v) {
		if r == '?' || r == '@' {
			return true
		}
	}
	return false
}

// isText says whether an argument of this type is SQL: a text, or where columns
// are named a list of them. What else there is in these places has names, which
// GORM quotes, is a value, or is looked at by itself.
func (p *pass) isText(call *ast.CallExpr, t types.Type) bool {
	_, name := p.gormCall(call)
	if s, ok := t.Underlying().(*types.Slice); ok && (name == "Select" || name == "Distinct") {
		t = s.Elem()
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// checkClause looks at the clauses that hold SQL.
func (p *pass) checkClause(lit *ast.CompositeLit) {
	t := p.TypesInfo.TypeOf(lit)
	field := ""
	switch {
	case t == nil:
		return
	case isNamed(t, clausePath, "Expr"), isNamed(t, clausePath, "NamedExpr"):
		field = "SQL"
	case isNamed(t, clausePath, "Column"):
		field = "Name"
	default:
		return
	}
	raw := field == "SQL"
	var text ast.Expr
	for i, part := range lit.Elts {
		kv, ok := part.(*ast.KeyValueExpr)
		if !ok { // without names SQL is the first, and a Column has all of its fields
			raw = true
			if i == map[string]int{"SQL": 0, "Name": 1}[field] {
				text = part
			}
			continue
		}
		switch name, _ := kv.Key.(*ast.Ident); {
		case name != nil && name.Name == field:
			text = kv.Value
		case name != nil && name.Name == "Raw":
			raw = true
		}
	}
	if raw && text != nil && !p.fixed(text) {
		p.report(text, "SQL that is not fixed; use constants, and ? for values")
	}
}
