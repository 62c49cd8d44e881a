package main

import (
	"go/ast"
	"slices"
	"strings"
)

// findHTTPError finds the text of errors in answers.
//
// Trap: the text of an error is for the log. It has SQL, paths, addresses of
// servers and other people's data in it ("database or disk is full (13)"), and
// one language. huma's NewError copies the text of each error that it is given
// into the answer (huma 2.39.1, error.go).
//
// Instead: a code and a message key; the error itself goes to the log.
func findHTTPError(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		if p.answers(call) {
			for _, arg := range call.Args {
				if at := p.errorIn(arg, 4); at != nil {
					p.report(arg, "the text of an error goes to the client; answer with a message, and log the error")
				}
			}
		}
	}
}

// writers are the methods of a gin.Context that send what they are given.
var writers = []string{
	"JSON", "IndentedJSON", "SecureJSON", "JSONP", "AsciiJSON", "PureJSON", "XML", "YAML", "TOML", "HTML", "String", "Data", "Header", "SSEvent",
	"AbortWithStatusJSON", "AbortWithStatusPureJSON", "Redirect", "SetCookie",
}

// answers says whether a call sends its arguments to a client.
func (p *pass) answers(call *ast.CallExpr) bool {
	if _, name := p.method(call, ginPath, "Context"); slices.Contains(writers, name) {
		return true
	}
	if p.function(call, "net/http") == "Error" {
		return true
	}
	if name := p.function(call, humaPath); strings.HasPrefix(name, "Error") && name != "ErrorWithHeaders" || strings.HasPrefix(name, "NewError") {
		return true
	}
	return strings.HasPrefix(p.function(call, "fmt"), "Fprint") && len(call.Args) > 0 && isResponseWriter(p, call.Args[0])
}

func isResponseWriter(p *pass, e ast.Expr) bool {
	t := p.TypesInfo.TypeOf(e)
	return t != nil && (isNamed(t, "net/http", "ResponseWriter") || isNamed(t, ginPath, "ResponseWriter"))
}

// errorIn finds an error, or a text made of one, in an expression and in the
// variables that it uses.
func (p *pass) errorIn(e ast.Expr, depth int) (found ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok || found != nil {
			return found == nil
		}
		if _, ok := x.(*ast.FuncLit); ok {
			return false
		}
		if p.isError(x) {
			found = x
			return false
		}
		if obj := p.object(x); obj != nil && depth > 0 {
			for _, value := range p.defs.of[obj] {
				if value != nil && p.errorIn(value, depth-1) != nil {
					found = x
				}
			}
		}
		return found == nil
	})
	return found
}
