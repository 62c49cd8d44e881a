package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// rule is one trap: what to call it, what to do instead in one line, and how to
// find it in a package.
type rule struct {
	name string
	doc  string
	find func(*pass)
	// tests says that tests must keep to it too. The others are about what
	// strangers send and who else is at work, and tests play those on purpose.
	tests bool
}

// rules are all of them, by name.
var rules = []rule{
	{"ginabort", "return after an answer or an abort: gin goes on", findGinAbort, true},
	{"gincopy", "give a goroutine c.Copy() or values: gin uses its contexts again", findGinCopy, true},
	{"ginproxies", "call SetTrustedProxies beside gin.New: the default trusts everybody", findGinProxies, false},
	{"gormall", "write the Where beside an Update or a Delete", findGormAll, false},
	{"gormassoc", "name what is written: rows of other tables are written too", findGormAssoc, true},
	{"gormcond", "write conditions as text and arguments: zero fields and empty values vanish", findGormCond, true},
	{"gormcontext", "begin with WithContext: a query without it has no end", findGormContext, false},
	{"gormerror", "look at Error: GORM returns none", findGormError, true},
	{"gormfind", "use First, or look at RowsAffected: Find never says that there is nothing", findGormFind, true},
	{"gormreuse", "begin each query anew: a handle keeps its conditions", findGormReuse, true},
	{"gormsql", "write SQL as constants with arguments", findGormSQL, false},
	{"gormtx", "use the transaction's handle within it", findGormTx, true},
	{"gormzero", "name the columns with Select, or use a map: zero fields are not updated", findGormZero, true},
	{"htmlraw", "let templ escape: this text is not fixed", findHTMLRaw, true},
	{"httpbody", "read a body through http.MaxBytesReader", findHTTPBody, false},
	{"httperror", "answer with a message, not with the text of an error", findHTTPError, false},
	{"httpredirect", "redirect to a path that begins with a fixed part", findHTTPRedirect, false},
	{"httpserver", "set all limits of an http.Server", findHTTPServer, false},
	{"jwtoptions", "ask a JWT parser for method, expiry, issuer and audience", findJWTOptions, true},
	{"overpost", "decode into a type of the interface, not into a stored row", findOverpost, true},
}

// watched are the imports without which no rule finds anything.
var watched = []string{
	"net/http", "database/sql", "encoding/json", "gorm.io/gorm", "github.com/gin-gonic/gin", "github.com/golang-jwt/jwt/v5",
	"github.com/danielgtaylor/huma/v2", "github.com/a-h/templ",
}

// finding is a place where a rule was broken.
type finding struct {
	rule    string
	pos     token.Pos
	message string
}

// pass is one package under one rule.
type pass struct {
	*analysis.Pass
	root inspector.Cursor
	defs definitions
	rule
	found *[]finding
}

// report says what is wrong at a place.
func (p *pass) report(at ast.Node, format string, args ...any) {
	if !p.tests && p.inTest(at.Pos()) {
		return
	}
	*p.found = append(*p.found, finding{p.name, at.Pos(), fmt.Sprintf(format, args...)})
}

// newAnalyzer makes one analyzer of rules, so that it can tell which permission
// is not needed.
func newAnalyzer(rules []rule) *analysis.Analyzer {
	var doc strings.Builder
	doc.WriteString("find the traps of GORM, gin, JWT and net/http\n")
	for _, r := range rules {
		fmt.Fprintf(&doc, "\n%-13s %s", r.name, r.doc)
	}
	return &analysis.Analyzer{
		Name: "traps", Doc: doc.String(), Requires: []*analysis.Analyzer{inspect.Analyzer},
		Run: func(a *analysis.Pass) (any, error) {
			run(a, rules)
			return nil, nil
		},
	}
}

func run(a *analysis.Pass, rules []rule) {
	var found []finding
	if slices.ContainsFunc(a.Pkg.Imports(), func(p *types.Package) bool { return slices.Contains(watched, p.Path()) }) {
		in, _ := a.ResultOf[inspect.Analyzer].(*inspector.Inspector)
		p := &pass{Pass: a, root: in.Root(), found: &found}
		p.defs = define(p)
		for _, r := range rules {
			p.rule = r
			r.find(p)
		}
	}
	allowed := readPermissions(a)
	found = append(slices.DeleteFunc(found, func(f finding) bool { return allowed.take(a.Fset, f) }), allowed.complaints(rules)...)
	slices.SortFunc(found, func(x, y finding) int {
		return cmp.Or(int(x.pos-y.pos), strings.Compare(x.rule, y.rule), strings.Compare(x.message, y.message))
	})
	for _, f := range slices.Compact(found) {
		a.Report(analysis.Diagnostic{Pos: f.pos, Category: f.rule, Message: f.rule + ": " + f.message})
	}
}
