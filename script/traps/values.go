package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// definitions are the values that a package gives its variables.
type definitions struct {
	of    map[types.Object][]ast.Expr
	other map[types.Object]bool // gets values also in ways that are not followed
}

// define reads all definitions and assignments of a package.
func define(p *pass) definitions {
	d := definitions{map[types.Object][]ast.Expr{}, map[types.Object]bool{}}
	set := func(names []ast.Expr, values []ast.Expr) {
		for i, name := range names {
			if obj := p.object(name); obj == nil {
				d.touch(p, name) // a field or an element
			} else if len(values) == len(names) {
				d.of[obj] = append(d.of[obj], values[i])
			} else if len(values) > 0 {
				d.other[obj] = true
			}
		}
	}
	for c := range p.root.Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.RangeStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.IncDecStmt)(nil)) {
		switch n := c.Node().(type) {
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE || n.Tok == token.ADD_ASSIGN {
				set(n.Lhs, n.Rhs)
			}
		case *ast.ValueSpec:
			set(expressions(n.Names), n.Values)
		case *ast.RangeStmt:
			set([]ast.Expr{n.Key, n.Value}, []ast.Expr{nil})
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				d.touch(p, n.X)
			}
		case *ast.IncDecStmt:
			d.touch(p, n.X)
		}
	}
	return d
}

// touch marks the variable that an expression begins with.
func (d definitions) touch(p *pass, e ast.Expr) {
	if e == nil {
		return
	}
	if obj := p.object(beginning(e)); obj != nil {
		d.other[obj] = true
	}
}

func expressions(names []*ast.Ident) (all []ast.Expr) {
	for _, n := range names {
		all = append(all, n)
	}
	return all
}

// fixed says whether a text is the same in every run of the program, or one of
// a few that are: constants, what is put together from them, variables that
// only ever get such texts, variables of the package that are set where they
// are declared and never after, and parameters of functions of the package that
// are only ever called with such texts.
func (p *pass) fixed(e ast.Expr) bool { return p.fixedWith(e, map[types.Object]bool{}) }

// fixedWith takes the variables that are being looked at for fixed: what else
// they are made of decides.
func (p *pass) fixedWith(e ast.Expr, looking map[types.Object]bool) bool {
	if e == nil {
		return false
	}
	if p.TypesInfo.Types[e].Value != nil {
		return true
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return x.Op == token.ADD && p.fixedWith(x.X, looking) && p.fixedWith(x.Y, looking)
	case *ast.IndexExpr: // an entry of a table
		obj := p.object(x.X)
		return obj != nil && p.settled(obj)
	case *ast.CompositeLit:
		for _, part := range x.Elts {
			if !p.fixedWith(part, looking) {
				return false
			}
		}
		return true
	case *ast.CallExpr: // put together from others
		if !p.composes(x) {
			return false
		}
		for _, part := range x.Args {
			if !p.fixedWith(part, looking) {
				return false
			}
		}
		return true
	case *ast.Ident:
		v, ok := p.object(x).(*types.Var)
		return ok && (p.settled(v) || p.fixedVariable(v, looking))
	}
	return false
}

// composes says whether a call gives back only what is in its arguments.
func (p *pass) composes(call *ast.CallExpr) bool {
	if p.TypesInfo.Types[call.Fun].IsType() {
		return true // a conversion
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && p.TypesInfo.Uses[id] == types.Universe.Lookup("append") {
		return true
	}
	name := p.function(call, "slices")
	return name == "Clone" || name == "Concat" || p.function(call, "strings") == "Join"
}

// fixedVariable says whether a variable of a function only gets fixed texts.
func (p *pass) fixedVariable(v *types.Var, looking map[types.Object]bool) bool {
	if looking[v] {
		return true
	}
	looking[v] = true
	if v.Parent() == p.Pkg.Scope() || v.IsField() || p.defs.other[v] {
		return false
	}
	values := p.defs.of[v]
	if v.Kind() == types.ParamVar {
		given, known := p.given(v)
		if !known {
			return false
		}
		values = append(given, values...)
	}
	for _, value := range values {
		if !p.fixedWith(value, looking) {
			return false
		}
	}
	return len(values) > 0
}

// given are the arguments for a parameter in all calls of its function, if all
// calls are known: it belongs to the package and is never used as a value.
func (p *pass) given(v *types.Var) (values []ast.Expr, known bool) {
	f, at := p.functionOf(v)
	if f == nil || f.Exported() {
		return nil, false
	}
	sig := f.Signature()
	for c := range p.root.Preorder((*ast.Ident)(nil)) {
		id, _ := c.Node().(*ast.Ident)
		if p.TypesInfo.Uses[id] != f {
			continue
		}
		if c.ParentEdgeKind() == edge.SelectorExpr_Sel {
			c = c.Parent()
		}
		call, ok := c.Parent().Node().(*ast.CallExpr)
		if !ok || c.ParentEdgeKind() != edge.CallExpr_Fun || len(call.Args) < sig.Params().Len()-1 {
			return nil, false
		}
		if sig.Variadic() && at == sig.Params().Len()-1 {
			values = append(values, call.Args[at:]...)
		} else {
			values = append(values, call.Args[at])
		}
	}
	return values, true
}

// functionOf is the declared function that has a parameter, and which one it is.
func (p *pass) functionOf(v *types.Var) (*types.Func, int) {
	for c := range p.root.Preorder((*ast.FuncDecl)(nil)) {
		decl, _ := c.Node().(*ast.FuncDecl)
		f, ok := p.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok {
			continue
		}
		for i := range f.Signature().Params().Len() {
			if f.Signature().Params().At(i) == v {
				return f, i
			}
		}
	}
	return nil, 0
}

// settled says whether a variable belongs to this package alone, is set where it
// is declared, and nothing of it is changed after.
func (p *pass) settled(obj types.Object) bool {
	return obj.Parent() == p.Pkg.Scope() && !obj.Exported() && !p.defs.other[obj] && len(p.defs.of[obj]) == 1
}

// fate is what becomes of the result of a call.
type fate struct {
	read   map[string]bool // fields and methods of it that are used
	passed bool            // is given on, to somebody who can look at it
}

// fateOf follows the result of a call through the variable that takes it.
func (p *pass) fateOf(call inspector.Cursor) fate {
	f := fate{read: map[string]bool{}}
	p.follow(call, &f)
	return f
}

func (p *pass) follow(c inspector.Cursor, f *fate) {
	kind, index := c.ParentEdge()
	switch parent := c.Parent().Node().(type) {
	case *ast.ParenExpr:
		p.follow(c.Parent(), f)
	case *ast.SelectorExpr:
		f.read[parent.Sel.Name] = true
	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Rhs {
			p.followVariable(c, parent.Lhs[min(index, len(parent.Lhs)-1)], f)
		}
	case *ast.ValueSpec:
		if kind == edge.ValueSpec_Values {
			p.followVariable(c, parent.Names[min(index, len(parent.Names)-1)], f)
		}
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
	default:
		f.passed = true
	}
}

// followVariable looks at all uses of a variable of a function.
func (p *pass) followVariable(c inspector.Cursor, variable ast.Expr, f *fate) {
	obj := p.object(variable)
	if obj == nil || obj.Parent() == p.Pkg.Scope() {
		f.passed = f.passed || !isBlank(variable) // a field, or anybody's
		return
	}
	if isBlank(variable) {
		return
	}
	outer := c
	for function := range c.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		outer = function
	}
	for use := range outer.Preorder((*ast.Ident)(nil)) {
		id, _ := use.Node().(*ast.Ident)
		if p.TypesInfo.Uses[id] != obj {
			continue
		}
		if sel, ok := use.Parent().Node().(*ast.SelectorExpr); ok && sel.X == id {
			f.read[sel.Sel.Name] = true
		} else if use.ParentEdgeKind() != edge.AssignStmt_Lhs {
			f.passed = true
		}
	}
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// inTest says whether a place is in a test.
func (p *pass) inTest(at token.Pos) bool {
	return strings.HasSuffix(p.Fset.Position(at).Filename, "_test.go")
}
