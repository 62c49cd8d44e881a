package main

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"
)

// findGinAbort finds work that goes on after the request was answered.
//
// Trap: Abort only keeps later handlers from running (gin 1.12.0, context.go:
// it sets the index); the handler that calls it runs on. AbortWithStatusJSON,
// Redirect, http.Error and the like answer, and then return to the next line:
// a refused request is carried out all the same, and has two answers.
//
// Instead: return. Functions of the package that end by aborting count too.
func findGinAbort(p *pass) {
	enders := p.enders()
	for c := range p.root.Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var body *ast.BlockStmt
		switch n := c.Node().(type) {
		case *ast.FuncDecl:
			body = n.Body
		case *ast.FuncLit:
			body = n.Body
		}
		if body == nil {
			continue
		}
		graph := cfg.New(body, p.mayReturn)
		for _, block := range graph.Blocks {
			for i, n := range block.Nodes {
				if name, call := p.ends(n, enders); name != "" && block.Live && goesOn(block, i+1, n, body) {
					p.report(call, "%s does not end the function: return after it", name)
				}
			}
		}
	}
}

// mayReturn says whether a call comes back.
func (p *pass) mayReturn(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return !ok || p.TypesInfo.Uses[id] != types.Universe.Lookup("panic")
}

// answering are the methods of a gin.Context that answer for good. Abort alone
// is often followed by the answer, in the same block.
var answering = []string{"AbortWithStatus", "AbortWithStatusJSON", "AbortWithStatusPureJSON", "AbortWithError", "Redirect"}

// ends names the call of a statement that ends a request; "" if there is none.
func (p *pass) ends(n ast.Node, enders map[types.Object]bool) (string, *ast.CallExpr) {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return "", nil
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return "", nil
	}
	if _, name := p.method(call, ginPath, "Context"); name == "Abort" || slices.Contains(answering, name) {
		return name, call
	}
	switch name := p.function(call, "net/http"); name {
	case "Error", "NotFound", "Redirect":
		return "http." + name, call
	}
	if obj := calledObject(p, call); obj != nil && enders[obj] {
		return obj.Name(), call
	}
	return "", nil
}

func calledObject(p *pass, call *ast.CallExpr) types.Object {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return p.TypesInfo.Uses[f]
	case *ast.SelectorExpr:
		return p.TypesInfo.Uses[f.Sel]
	}
	return nil
}

// enders are the functions of the package that take a gin.Context, give nothing
// back, and abort whatever happens.
func (p *pass) enders() map[types.Object]bool {
	all := map[types.Object]bool{}
	for again := true; again; {
		again = false
		for c := range p.root.Preorder((*ast.FuncDecl)(nil)) {
			f, _ := c.Node().(*ast.FuncDecl)
			obj := p.TypesInfo.Defs[f.Name]
			if f.Body == nil || all[obj] || f.Type.Results != nil || !p.takesGin(f.Type) {
				continue
			}
			for _, s := range f.Body.List {
				if name, _ := p.ends(s, all); name != "" {
					all[obj], again = true, true
				}
			}
		}
	}
	return all
}

func (p *pass) takesGin(f *ast.FuncType) bool {
	return slices.ContainsFunc(f.Params.List, func(field *ast.Field) bool { return isNamed(p.TypesInfo.TypeOf(field.Type), ginPath, "Context") })
}

// goesOn says whether anything but a return can come after a statement; what
// the innermost block of an Abort still does is its answer.
func goesOn(block *cfg.Block, from int, after ast.Node, body *ast.BlockStmt) bool {
	within := innermost(body, after)
	seen := map[*cfg.Block]bool{}
	var look func(b *cfg.Block, from int) bool
	look = func(b *cfg.Block, from int) bool {
		for _, n := range b.Nodes[from:] {
			if _, ok := n.(*ast.ReturnStmt); ok {
				return false
			}
			if !isAbort(after) || n.Pos() < within.Pos() || n.End() > within.End() {
				return true
			}
		}
		for _, next := range b.Succs {
			if !seen[next] {
				seen[next] = true
				if look(next, 0) {
					return true
				}
			}
		}
		return false
	}
	return look(block, from)
}

func isAbort(n ast.Node) bool {
	s, _ := n.(*ast.ExprStmt)
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Abort"
}

// innermost is the smallest block or case around a statement.
func innermost(body *ast.BlockStmt, n ast.Node) (found ast.Node) {
	found = body
	ast.Inspect(body, func(x ast.Node) bool {
		switch x.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			if x.Pos() <= n.Pos() && n.End() <= x.End() {
				found = x
			}
		}
		return true
	})
	return found
}
