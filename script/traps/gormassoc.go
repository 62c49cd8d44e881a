package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// findGormAssoc finds writes that reach rows of other tables.
//
// Trap: Create, Save and Updates also write every struct that a row holds
// (gorm 1.31.2, callbacks/associations.go SaveBeforeAssociations and
// SaveAfterAssociations): new ones are inserted, with ON CONFLICT DO NOTHING, so
// that changes of old ones vanish; whoever fills the struct from a request
// makes rows in tables that nobody thought of.
//
// Instead: Select the columns or Omit(clause.Associations), and write the other
// table by itself.
func findGormAssoc(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		recv, name := p.gormCall(call)
		switch name {
		case "Create", "CreateInBatches", "Save", "Updates", "FirstOrCreate":
		default:
			continue
		}
		if len(call.Args) == 0 || p.chained(recv, "Omit", "Select") {
			continue
		}
		if field := relation(element(p.TypesInfo.TypeOf(call.Args[0]))); field != "" {
			p.report(call, "%s also writes the rows of %s; Omit(clause.Associations), and write them by themselves", name, field)
		}
	}
}

// relation names the first field of a row that GORM keeps in another table; ""
// if there is none.
func relation(row types.Type) string {
	if !isStruct(row) {
		return ""
	}
	s, _ := row.Underlying().(*types.Struct)
	for i := range s.NumFields() {
		f, tag := s.Field(i), s.Tag(i)
		switch t := element(f.Type()); {
		case !f.Exported(), strings.Contains(tag, `gorm:"-`), strings.Contains(strings.ToLower(tag), "serializer:"), !isStruct(t):
		case f.Embedded(), strings.Contains(strings.ToLower(tag), "embedded"):
			if inner := relation(t); inner != "" {
				return inner
			}
		case !isColumn(f.Type()) && !isColumn(t):
			return f.Name()
		}
	}
	return ""
}

// isColumn says whether a struct is one value of the database.
func isColumn(t types.Type) bool {
	if isNamed(t, "time", "Time") {
		return true
	}
	for _, at := range []types.Type{t, types.NewPointer(t)} {
		for _, name := range []string{"Value", "Scan", "GormDataType", "GormValue"} {
			if obj, _, _ := types.LookupFieldOrMethod(at, true, nil, name); obj != nil {
				if _, ok := obj.(*types.Func); ok {
					return true
				}
			}
		}
	}
	return false
}
