package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strconv"
)

// findGormCond finds conditions that may vanish.
//
// Trap: gorm 1.31.2, statement.go BuildCondition, leaves out of a condition
// every zero field of a struct, an empty slice, an empty map, nil and "". So
// Where(&Offer{MentorID: id}) with an id of "" reads everybody's rows, and
// First(&row, id) with "" reads anybody's. A text that is no number is SQL:
// First(&row, id) with an id from a request is an injection.
//
// Instead: text with arguments, Where("mentor_id = ?", id).
func findGormCond(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		_, name := p.gormCall(call)
		if at, ok := conditionAt[name]; ok && len(call.Args) > at {
			if wrong := p.vanishes(call.Args[at]); wrong != "" {
				p.report(call.Args[at], "%s; write Where(\"column = ?\", value)", wrong)
			}
		}
	}
}

// conditionAt says which argument of a method is a condition.
var conditionAt = map[string]int{
	"Where": 0, "Not": 0, "Or": 0, "Having": 0,
	"First": 1, "Take": 1, "Last": 1, "Find": 1, "Delete": 1, "FirstOrInit": 1, "FirstOrCreate": 1,
}

// vanishes says why a condition may not be there; "" if it always is.
func (p *pass) vanishes(e ast.Expr) string {
	tv := p.TypesInfo.Types[e]
	if tv.Value != nil && tv.Value.Kind() == constant.String {
		text := constant.StringVal(tv.Value)
		if _, err := strconv.Atoi(text); err == nil {
			return "a number in a text is taken for a primary key"
		}
		if text == "" {
			return "an empty condition matches every row"
		}
		return ""
	}
	if tv.IsNil() || tv.Type == nil {
		return "nil is no condition: every row matches"
	}
	if p.isHandle(e) || p.isExpression(tv.Type) {
		return ""
	}
	switch t := deref(tv.Type).Underlying().(type) {
	case *types.Struct:
		return "zero fields of a struct are left out of a condition"
	case *types.Map:
		if lit, ok := ast.Unparen(e).(*ast.CompositeLit); ok && len(lit.Elts) > 0 {
			return ""
		}
		return "an empty map is no condition: every row matches"
	case *types.Slice, *types.Array:
		return "an empty slice is no condition: every row matches"
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			if p.fixed(e) {
				return ""
			}
			return "an empty text is no condition, and any other is SQL"
		}
		return "a bare value is compared with whatever the primary key is"
	}
	return "what this is, and whether it is a condition at all, is known only at run time"
}

// isExpression says whether a type is a clause.Expression.
func (p *pass) isExpression(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		return p.isExpression(s.Elem())
	}
	if isNamed(t, clausePath, "Expression") {
		return true
	}
	for _, imported := range p.Pkg.Imports() {
		if imported.Path() != clausePath {
			continue
		}
		if obj := imported.Scope().Lookup("Expression"); obj != nil {
			i, ok := obj.Type().Underlying().(*types.Interface)
			return ok && types.Implements(t, i)
		}
	}
	return false
}

const clausePath = "gorm.io/gorm/clause"
