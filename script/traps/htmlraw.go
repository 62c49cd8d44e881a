package main

import (
	"go/ast"
	"go/constant"
	"strings"
)

// findHTMLRaw finds text that goes into a page as it is.
//
// Trap: templ escapes text by where it stands, but not what is wrapped in
// templ.Raw, nor an address of the type templ.SafeURL (templ 0.3.1020,
// runtime.go, url.go); gin's Data with text/html sends bytes as they are. gosec
// knows the types of html/template only.
//
// Instead: let templ escape it; a template for whole pages.
func findHTMLRaw(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		if text := p.rawText(call); text != nil && !p.fixed(text) {
			p.report(text, "this goes into the page as it is; let templ escape it")
		}
	}
}

const templPath = "github.com/a-h/templ"

// rawText is what a call puts into a page as it is; nil if nothing.
func (p *pass) rawText(call *ast.CallExpr) ast.Expr {
	if len(call.Args) == 0 {
		return nil
	}
	switch p.function(call, templPath) {
	case "Raw":
		return call.Args[0]
	case "SafeURL": // converted to the type
		return call.Args[0]
	}
	if tv := p.TypesInfo.Types[call.Fun]; tv.IsType() && isNamed(tv.Type, templPath, "SafeURL") {
		return call.Args[0]
	}
	if _, name := p.method(call, ginPath, "Context"); name == "Data" && len(call.Args) == 3 && p.isHTML(call.Args[1]) {
		return call.Args[2]
	}
	return nil
}

func (p *pass) isHTML(e ast.Expr) bool {
	v := p.TypesInfo.Types[e].Value
	return v != nil && v.Kind() == constant.String && strings.HasPrefix(constant.StringVal(v), "text/html")
}
