package main

import (
	"go/ast"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
)

// findHTTPBody finds bodies that are read whatever their size.
//
// Trap: net/http sets no limit to a body, and gin adds none: one large request
// fills the memory. ParseForm stops at 10 MB, ParseMultipartForm and gin's
// PostForm at nothing (Go 1.26, net/http/request.go: the 32 MB are what stays in
// memory, the rest goes to files).
//
// Instead: put http.MaxBytesReader around the body first. Where a middleware
// has done so, say it at the reading line.
func findHTTPBody(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil)) {
		call, _ := c.Node().(*ast.CallExpr)
		if what := p.readsBody(call); what != "" && !p.bounded(c.Enclosing((*ast.FuncDecl)(nil))) {
			p.report(call, "%s reads as much as a client sends; use http.MaxBytesReader", what)
		}
	}
}

var (
	requestReaders = []string{"ParseForm", "ParseMultipartForm", "FormValue", "PostFormValue", "FormFile", "MultipartReader"}
	contextReaders = []string{
		"GetRawData", "PostForm", "DefaultPostForm", "GetPostForm", "PostFormArray", "GetPostFormArray", "PostFormMap", "GetPostFormMap", "FormFile",
		"MultipartForm",
	}
)

// readsBody names what reads the body of a request that came in; "" if nothing
// does.
func (p *pass) readsBody(call *ast.CallExpr) string {
	if _, name := p.method(call, "net/http", "Request"); slices.Contains(requestReaders, name) {
		return name
	}
	if _, name := p.method(call, ginPath, "Context"); slices.Contains(contextReaders, name) {
		return name
	}
	if p.function(call, "net/http") == "MaxBytesReader" {
		return ""
	}
	if slices.ContainsFunc(call.Args, p.isBody) {
		return "this"
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Read" && p.isBody(sel.X) {
		return "Read"
	}
	return ""
}

// isBody says whether an expression is the body of a request.
func (p *pass) isBody(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Body" {
		return false
	}
	s := p.TypesInfo.Selections[sel]
	return s != nil && s.Kind() == types.FieldVal && isNamed(s.Recv(), "net/http", "Request")
}

// bounded says whether the function around a place limits a body.
func (p *pass) bounded(functions iter.Seq[inspector.Cursor]) bool {
	for f := range functions {
		for inner := range f.Preorder((*ast.CallExpr)(nil)) {
			if call, _ := inner.Node().(*ast.CallExpr); p.function(call, "net/http") == "MaxBytesReader" {
				return true
			}
		}
	}
	return false
}
