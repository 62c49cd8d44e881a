package main

import (
	"go/ast"
	"slices"
	"strings"
)

// findJWTOptions finds tokens that are believed too easily.
//
// Trap: golang-jwt looks at exp, aud and iss only when it is asked to (golang-jwt
// 5.3.1, validator.go: they are optional by default), and takes any algorithm
// that its key function gives a key for (parser.go).
// ParseUnverified and WithoutClaimsValidation check less still.
//
// Instead: WithValidMethods, WithExpirationRequired, WithIssuer and
// WithAudience at every parser.
func findJWTOptions(p *pass) {
	for c := range p.root.Preorder((*ast.CallExpr)(nil), (*ast.SelectorExpr)(nil)) {
		switch n := c.Node().(type) {
		case *ast.SelectorExpr:
			if obj := p.TypesInfo.Uses[n.Sel]; obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == jwtPath && slices.Contains(unsafeTokens, obj.Name()) {
				p.report(n, "%s believes what nobody has checked", obj.Name())
			}
		case *ast.CallExpr:
			switch name := p.function(n, jwtPath); name {
			case "NewParser", "Parse", "ParseWithClaims":
				if lacking := p.lackingOptions(n); len(lacking) > 0 {
					p.report(n, "%s without %s", name, strings.Join(lacking, ", "))
				}
			}
		}
	}
}

var (
	unsafeTokens = []string{"ParseUnverified", "WithoutClaimsValidation", "UnsafeAllowNoneSignatureType"}
	tokenOptions = []string{"WithValidMethods", "WithExpirationRequired", "WithIssuer", "WithAudience"}
)

// lackingOptions are those that a call is not seen to be given.
func (p *pass) lackingOptions(call *ast.CallExpr) (lacking []string) {
	given := map[string]bool{}
	for _, arg := range call.Args {
		if option, ok := ast.Unparen(arg).(*ast.CallExpr); ok {
			given[p.function(option, jwtPath)] = true
		}
	}
	for _, name := range tokenOptions {
		if !given[name] && (name != "WithAudience" || !given["WithAllAudiences"]) {
			lacking = append(lacking, name)
		}
	}
	return lacking
}
