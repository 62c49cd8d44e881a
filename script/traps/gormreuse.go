package main

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/cfg"
)

// findGormReuse finds handles that are begun from twice.
//
// Trap: a method of a fresh handle makes a new statement, but a method of its
// result changes that very statement (gorm 1.31.2, gorm.go getInstance: it
// copies only where clone is above 0, which Open, Session, WithContext, Debug
// and Begin make it). So after q := db.Where("a = 1"), q.Where("b = 2") and
// then q.Where("c = 3") asks for all three, and a Count after a Find has the
// limit of the Find.
//
// Instead: begin each query from the handle that was given; where a beginning
// is shared, end it with Session(&gorm.Session{}).
func findGormReuse(p *pass) {
	for c := range p.root.Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch n := c.Node().(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				p.reuseIn(n.Body)
			}
		case *ast.FuncLit:
			p.reuseIn(n.Body)
			p.reuseOfOuter(n)
		}
	}
	for c := range p.root.Preorder((*ast.AssignStmt)(nil), (*ast.KeyValueExpr)(nil)) {
		p.keptStatement(c.Node())
	}
}

// condition of a variable: what was asked of its statement.
type condition int

const (
	fresh    condition = iota // each use makes a new statement
	shared                    // has a statement, which the next use will change
	finished                  // has been at the database; its error may still be read, by others too
	spent                     // its statement was changed by a use
)

// freshening methods give a handle that copies its statement before it changes it.
var freshening = []string{"Session", "WithContext", "Debug", "Begin"}

// harmless methods leave the statement alone.
var harmless = append([]string{"DB", "Transaction", "Connection", "Name", "AddError", "ToSQL"}, freshening...)

// reuseIn follows the variables of one function through all ways it can take.
func (p *pass) reuseIn(body *ast.BlockStmt) {
	graph := cfg.New(body, func(*ast.CallExpr) bool { return true })
	before := map[*cfg.Block]map[types.Object]condition{}
	work := []*cfg.Block{graph.Blocks[0]}
	before[graph.Blocks[0]] = map[types.Object]condition{}
	for len(work) > 0 {
		block := work[0]
		work = work[1:]
		state := maps.Clone(before[block])
		for _, n := range block.Nodes {
			p.reuseAt(n, state, false)
		}
		for _, next := range block.Succs {
			if merge(before, next, state) {
				work = append(work, next)
			}
		}
	}
	for _, block := range graph.Blocks {
		if state, reached := before[block]; reached {
			for _, n := range block.Nodes {
				p.reuseAt(n, state, true)
			}
		}
	}
}

// merge adds a state to what may hold before a block, and says whether that
// changed it.
func merge(before map[*cfg.Block]map[types.Object]condition, block *cfg.Block, state map[types.Object]condition) bool {
	into, seen := before[block]
	if !seen {
		before[block] = maps.Clone(state)
		return true
	}
	changed := false
	for obj, c := range state {
		if c > into[obj] {
			into[obj], changed = c, true
		}
	}
	return changed
}

// reuseAt follows one statement: first what it uses, then what it sets.
func (p *pass) reuseAt(n ast.Node, state map[types.Object]condition, tell bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			p.useBy(n, state, tell)
		}
		return true
	})
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			for i := range n.Lhs {
				p.reuseSet(n.Lhs[i], n.Rhs[i], state)
			}
		}
	case *ast.ValueSpec:
		for i := range n.Values {
			if len(n.Names) == len(n.Values) {
				p.reuseSet(n.Names[i], n.Values[i], state)
			}
		}
	}
}

// useBy follows one call: of a method of a variable, or with it as an argument.
func (p *pass) useBy(call *ast.CallExpr, state map[types.Object]condition, tell bool) {
	use := func(e ast.Expr, given bool) {
		obj := p.object(e)
		if obj == nil || state[obj] == fresh || state[obj] == finished && given {
			return
		}
		if state[obj] >= finished && tell {
			p.report(e, "%s still has the conditions of an earlier use; begin anew, or from Session(&gorm.Session{})", obj.Name())
		}
		state[obj] = spent
	}
	recv, name := p.gormCall(call)
	if name == "" {
		for _, arg := range call.Args {
			if p.isHandle(arg) {
				use(arg, true)
			}
		}
		return
	}
	if !slices.Contains(harmless, name) {
		use(recv, false)
	}
}

// reuseSet notes what a variable becomes.
func (p *pass) reuseSet(variable, value ast.Expr, state map[types.Object]condition) {
	obj := p.object(variable)
	if obj == nil || obj.Name() == "_" || !p.isHandle(value) {
		return
	}
	if other := p.object(value); other != nil && state[other] != fresh {
		state[obj], state[other] = state[other], spent // two names of one statement
		return
	}
	state[obj] = p.conditionOf(value)
}

// conditionOf says what a handle is like, by how it was made.
func (p *pass) conditionOf(e ast.Expr) condition {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return fresh // given, or kept somewhere: see keptStatement
	}
	switch _, name := p.gormCall(call); {
	case slices.Contains(freshening, name):
		return fresh
	case slices.Contains(finishers, name):
		return finished
	default:
		return shared
	}
}

// reuseOfOuter finds handles of a surrounding function that a function begins
// from: nobody knows how often it runs.
func (p *pass) reuseOfOuter(lit *ast.FuncLit) {
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		recv, name := p.gormCall(call)
		if name == "" || slices.Contains(harmless, name) {
			return true
		}
		obj := p.object(recv)
		if obj == nil || obj.Parent() == p.Pkg.Scope() || obj.Pos() > lit.Pos() && obj.Pos() < lit.End() {
			return true
		}
		for _, value := range p.defs.of[obj] {
			if p.isHandle(value) && p.conditionOf(value) != fresh {
				p.report(recv, "%s has conditions, and this function may run more than once; begin anew, or from Session(&gorm.Session{})", obj.Name())
				break
			}
		}
		return true
	})
}

// keptStatement finds handles with conditions that are put where others begin
// from them.
func (p *pass) keptStatement(n ast.Node) {
	kept := func(value ast.Expr) {
		if p.isHandle(value) && p.conditionOf(value) == shared {
			p.report(value, "a handle with conditions is kept; end it with Session(&gorm.Session{})")
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) && p.isKept(to) {
				kept(n.Rhs[i])
			}
		}
	case *ast.KeyValueExpr:
		kept(n.Value)
	}
}
