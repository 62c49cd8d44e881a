package main

import (
	"go/ast"
	"strings"
)

// findHTTPServer finds servers without all limits.
//
// Trap: the zero value of each limit of an http.Server is none, but for 1 MB of
// header (Go 1.26, net/http/server.go): slow clients hold their connections for
// ever. gosec looks for the header's timeout alone.
//
// Instead: set all five.
func findHTTPServer(p *pass) {
	for c := range p.root.Preorder((*ast.CompositeLit)(nil)) {
		lit, _ := c.Node().(*ast.CompositeLit)
		if t := p.TypesInfo.TypeOf(lit); t == nil || !isNamed(t, "net/http", "Server") {
			continue
		}
		var lacking []string
		for _, limit := range []string{"ReadHeaderTimeout", "ReadTimeout", "WriteTimeout", "IdleTimeout", "MaxHeaderBytes"} {
			if !sets(lit, limit) {
				lacking = append(lacking, limit)
			}
		}
		if len(lacking) > 0 {
			p.report(lit, "this server has no %s", strings.Join(lacking, ", "))
		}
	}
}

// sets says whether a literal gives a field by its name.
func sets(lit *ast.CompositeLit, field string) bool {
	for _, part := range lit.Elts {
		if kv, ok := part.(*ast.KeyValueExpr); ok {
			if name, ok := kv.Key.(*ast.Ident); ok && name.Name == field {
				return true
			}
		}
	}
	return false
}
