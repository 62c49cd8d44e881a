package main

import (
	"go/ast"
	"go/types"
)

// findGinCopy finds goroutines that keep the context of a request.
//
// Trap: gin takes a Context out of a pool and puts it back when the handlers
// are done (gin 1.12.0, gin.go ServeHTTP). A goroutine that still has it reads
// the parameters, the keys and the body of somebody else's request, and writes
// into somebody else's answer.
//
// Instead: take what is needed out of it before, or give c.Copy() away.
func findGinCopy(p *pass) {
	for c := range p.root.Preorder((*ast.GoStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := c.Node().(type) {
		case *ast.GoStmt:
			p.keepsContext(n.Call)
		case *ast.CallExpr: // errgroup.Group.Go and sync.WaitGroup.Go
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" {
				for _, arg := range n.Args {
					if lit, ok := arg.(*ast.FuncLit); ok {
						p.keepsContext(lit)
					}
				}
			}
		}
	}
}

// keepsContext reports contexts from outside that are used within a node.
func (p *pass) keepsContext(n ast.Node) {
	ast.Inspect(n, func(x ast.Node) bool {
		if call, ok := x.(*ast.CallExpr); ok {
			if _, name := p.method(call, ginPath, "Context"); name == "Copy" && !p.isInFunction(n, call) {
				return false // made before the goroutine begins
			}
		}
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		obj := p.TypesInfo.Uses[id]
		v, ok := obj.(*types.Var)
		if ok && isNamed(v.Type(), ginPath, "Context") && (v.Pos() < n.Pos() || v.Pos() > n.End()) && !v.IsField() && !p.isCopy(v) {
			p.report(id, "gin gives %s to another request when this one is done; use %s.Copy()", v.Name(), v.Name())
		}
		return true
	})
}

// isInFunction says whether a node is inside a function literal of another.
func (p *pass) isInFunction(outer, inner ast.Node) (found bool) {
	ast.Inspect(outer, func(x ast.Node) bool {
		lit, ok := x.(*ast.FuncLit)
		found = found || ok && lit.Pos() <= inner.Pos() && inner.End() <= lit.End()
		return true
	})
	return found
}

// isCopy says whether a variable only ever gets copies.
func (p *pass) isCopy(v *types.Var) bool {
	for _, value := range p.defs.of[v] {
		call, ok := ast.Unparen(value).(*ast.CallExpr)
		if !ok {
			return false
		}
		if _, name := p.method(call, ginPath, "Context"); name != "Copy" {
			return false
		}
	}
	return len(p.defs.of[v]) > 0 && !p.defs.other[v]
}
