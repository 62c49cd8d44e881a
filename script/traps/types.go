package main

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// Where the types live whose traps these rules know.
const (
	gormPath = "gorm.io/gorm"
	ginPath  = "github.com/gin-gonic/gin"
	jwtPath  = "github.com/golang-jwt/jwt/v5"
	humaPath = "github.com/danielgtaylor/huma/v2"
)

// isNamed says whether a type, or what it points to, is a named one.
func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// deref takes all pointers away.
func deref(t types.Type) types.Type {
	for t != nil {
		p, ok := t.Underlying().(*types.Pointer)
		if !ok {
			break
		}
		t = p.Elem()
	}
	return t
}

// element is the type of the rows of a value: what pointers, slices and arrays
// of it hold.
func element(t types.Type) types.Type {
	for t != nil {
		switch u := t.Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		default:
			return t
		}
	}
	return t
}

func isStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// isHandle says whether an expression is a *gorm.DB.
func (p *pass) isHandle(e ast.Expr) bool {
	t := p.TypesInfo.TypeOf(e)
	return t != nil && isNamed(t, gormPath, "DB")
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface) //nolint:forcetypeassert // it is one

// isError says whether an expression is an error, and not nil.
func (p *pass) isError(e ast.Expr) bool {
	tv, ok := p.TypesInfo.Types[e]
	return ok && tv.IsValue() && !tv.IsNil() && types.Implements(tv.Type, errorType)
}

// method gives the receiver and the name of a call of a method of a named type,
// "" for any other call.
func (p *pass) method(call *ast.CallExpr, pkg, typ string) (recv ast.Expr, name string) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, ""
	}
	s := p.TypesInfo.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || !isNamed(s.Recv(), pkg, typ) {
		return nil, ""
	}
	return sel.X, sel.Sel.Name
}

// gormCall is method for *gorm.DB.
func (p *pass) gormCall(call *ast.CallExpr) (recv ast.Expr, name string) {
	return p.method(call, gormPath, "DB")
}

// function gives the name of a called function of a package, "" for any other
// call. A variable that holds a function counts as one.
func (p *pass) function(call *ast.CallExpr, pkg string) string {
	obj := typeutil.Callee(p.TypesInfo, call)
	if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != pkg || obj.Parent() != obj.Pkg().Scope() {
		return ""
	}
	return obj.Name()
}

// object is what an identifier stands for; nil if the expression is none.
func (p *pass) object(e ast.Expr) types.Object {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	return p.TypesInfo.ObjectOf(id)
}

// beginning is the leftmost operand of a selection or a chain of calls.
func beginning(e ast.Expr) ast.Expr {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return x
		}
	}
}

// steps are the calls of methods that make a handle, the last one first, and
// the expression that the first of them is called on.
func (p *pass) steps(e ast.Expr) (calls []*ast.CallExpr, from ast.Expr) {
	for {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return calls, e
		}
		recv, name := p.gormCall(call)
		if name == "" {
			return calls, e
		}
		calls = append(calls, call)
		e = recv
	}
}

// chained says whether any of some methods was called to make a handle; through
// local variables too, in any of their values.
func (p *pass) chained(e ast.Expr, names ...string) bool { return p.chainedWithin(e, names, 8) }

func (p *pass) chainedWithin(e ast.Expr, names []string, depth int) bool {
	calls, from := p.steps(e)
	for _, call := range calls {
		if _, name := p.gormCall(call); slices.Contains(names, name) {
			return true
		}
	}
	if obj := p.object(from); obj != nil && depth > 0 {
		for _, value := range p.defs.of[obj] {
			if p.chainedWithin(value, names, depth-1) {
				return true
			}
		}
	}
	return false
}

// fieldsTagged says whether a struct, or one that it embeds, has a field with a
// key in its tag.
func fieldsTagged(t types.Type, key string) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		if strings.Contains(s.Tag(i), key+`:"`) || s.Field(i).Embedded() && fieldsTagged(deref(s.Field(i).Type()), key) {
			return true
		}
	}
	return false
}
