package main

import "go/ast"

// findGinProxies finds engines that believe whatever a client says of its
// address.
//
// Trap: gin trusts 0.0.0.0/0 and ::/0 until it is told otherwise (gin 1.12.0,
// gin.go New), so that ClientIP, limits by address and logs take what stands in
// X-Forwarded-For.
//
// Instead: SetTrustedProxies in the function that makes the engine, nil for
// none.
func findGinProxies(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		if name := p.function(call, ginPath); name != "New" && name != "Default" {
			continue
		}
		told := false
		for f := range c.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			for inner := range f.Preorder((*ast.CallExpr)(nil)) {
				set, _ := inner.Node().(*ast.CallExpr)
				_, name := p.method(set, ginPath, "Engine")
				told = told || name == "SetTrustedProxies"
			}
		}
		if !told {
			p.report(call, "this engine believes any X-Forwarded-For; call SetTrustedProxies here")
		}
	}
}
