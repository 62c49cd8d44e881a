package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"strings"
)

// findHTTPRedirect finds redirects that may leave the site.
//
// Trap: http.Redirect and gin's Redirect send any address on (Go 1.26,
// net/http/server.go; gin 1.12.0, render/redirect.go). With "/" + x an x of
// "/evil.example" makes "//evil.example", which is another site; so does "/\".
//
// Instead: a constant, or one that begins with more than a slash: "/rounds/" +
// url.PathEscape(id).
func findHTTPRedirect(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		to := p.redirectTo(call)
		if to == nil || p.fixed(to) {
			continue
		}
		if prefix := p.prefix(to); len(prefix) < 2 || prefix[0] != '/' || strings.ContainsRune(`/\`, rune(prefix[1])) {
			p.report(to, "this may lead to another site; begin with a fixed path of more than a slash")
		}
	}
}

// redirectTo is the address that a call leads to; nil if it does not.
func (p *pass) redirectTo(call *ast.CallExpr) ast.Expr {
	_, name := p.method(call, ginPath, "Context")
	switch {
	case name == "Redirect" && len(call.Args) == 2:
		return call.Args[1]
	case p.function(call, "net/http") == "Redirect" && len(call.Args) == 4:
		return call.Args[2]
	case name == "Header" && len(call.Args) == 2 && p.isLocation(call.Args[0]):
		return call.Args[1]
	}
	if _, name = p.method(call, "net/http", "Header"); (name == "Set" || name == "Add") && p.isLocation(call.Args[0]) {
		return call.Args[1]
	}
	return nil
}

func (p *pass) isLocation(e ast.Expr) bool {
	v := p.TypesInfo.Types[e].Value
	return v != nil && v.Kind() == constant.String && strings.EqualFold(constant.StringVal(v), "location")
}

// prefix is the fixed beginning of a text.
func (p *pass) prefix(e ast.Expr) string {
	if v := p.TypesInfo.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	x, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || x.Op != token.ADD {
		return ""
	}
	left := p.prefix(x.X)
	if p.TypesInfo.Types[x.X].Value != nil {
		left += p.prefix(x.Y)
	}
	return left
}
