package main

import (
	"go/ast"
	"go/types"
)

// findGormTx finds work beside the transaction that it seems to be part of.
//
// Trap: only the handle that Transaction hands to the function is in the
// transaction (gorm 1.31.2, finisher_api.go Transaction). What runs on another
// handle takes another connection: it is committed whatever becomes of the
// transaction, and on a pool of one connection, or behind SQLite's write lock,
// each waits for the other for ever. The same holds for a method that takes a
// context but no handle, of a type that has its own.
//
// Instead: use the handle that was given, and pass it on.
func findGormTx(p *pass) {
	for c := range p.root.Preorder((*ast.FuncLit)(nil)) {
		lit, _ := c.Node().(*ast.FuncLit)
		if !p.isTransaction(lit) {
			continue
		}
		for inner := range c.Preorder((*ast.CallExpr)(nil)) {
			call, _ := inner.Node().(*ast.CallExpr)
			sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
			if !ok || !p.isFromOutside(sel.X, lit) {
				continue
			}
			t := p.TypesInfo.TypeOf(sel.X)
			switch {
			case t == nil:
			case isPool(t):
				if !isNamed(t, gormPath, "DB") || sel.Sel.Name != "Name" {
					p.report(call, "this handle is not that of the transaction")
				}
			case holdsPool(t) && p.opensOwn(call):
				p.report(call, "%s uses a handle of its own, beside the transaction; pass it the transaction's", sel.Sel.Name)
			}
		}
	}
}

// isTransaction says whether a function is given a handle, and undoes all by
// returning an error.
func (p *pass) isTransaction(lit *ast.FuncLit) bool {
	sig, ok := p.TypesInfo.TypeOf(lit).(*types.Signature)
	if !ok || sig.Results().Len() != 1 || !types.Identical(sig.Results().At(0).Type(), types.Universe.Lookup("error").Type()) {
		return false
	}
	return takesHandle(sig)
}

func takesHandle(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if isNamed(v.Type(), gormPath, "DB") || isNamed(v.Type(), "database/sql", "Tx") {
			return true
		}
	}
	return false
}

// isFromOutside says whether an expression begins with a variable that is
// declared outside a function, and is not made from what is declared inside.
func (p *pass) isFromOutside(e ast.Expr, lit *ast.FuncLit) bool {
	obj := p.object(beginning(e))
	_, isVariable := obj.(*types.Var)
	return isVariable && (obj.Pos() < lit.Pos() || obj.Pos() > lit.End())
}

// isPool says whether statements can be sent to a type.
func isPool(t types.Type) bool {
	return isNamed(t, gormPath, "DB") || isNamed(t, "database/sql", "DB") || isNamed(t, "database/sql", "Conn") ||
		isNamed(t, "github.com/jackc/pgx/v5/pgxpool", "Pool")
}

// holdsPool says whether a type has a handle among its fields.
func holdsPool(t types.Type) bool {
	s, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if isPool(f.Type()) {
			return true
		}
	}
	return false
}

// opensOwn says whether a called method takes a context but no handle.
func (p *pass) opensOwn(call *ast.CallExpr) bool {
	sig, ok := p.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok || takesHandle(sig) {
		return false
	}
	for v := range sig.Params().Variables() {
		if isNamed(v.Type(), "context", "Context") {
			return true
		}
	}
	return false
}
