package api

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"puente/web"
)

// keysList shows the keys of somebody, and the form for another one.
func (s *Server) keysList(ctx context.Context, v *visit, values, problems map[string]string) (web.OwnList, error) {
	out := web.OwnList{Title: v.T("me.keys_title"), Text: v.T("me.keys_text")}
	all, err := s.Store.Keys(ctx, v.actor.ID)
	if err != nil {
		return out, err
	}
	for i := range all {
		k := &all[i]
		list, err := k.ScopeList()
		if err != nil {
			return out, err
		}
		for i, scope := range list {
			list[i] = web.ScopeLabel(v.Lang, scope)
		}
		row := web.OwnRow{Name: k.Name, Button: v.T("me.session_end"), Post: accountPath + "/keys/" + k.ID, Facts: []string{
			v.T("me.key_for", "Prefix", k.Prefix, "Scopes", strings.Join(list, ", ")), v.T("me.key_until", "Expires", pageTime(k.ExpiresAt)),
		}}
		if k.UsedAt != nil {
			row.Facts = append(row.Facts, v.T("me.key_used", "Used", pageTime(*k.UsedAt)))
		}
		out.Rows = append(out.Rows, row)
	}
	out.Form = web.Confirm{Button: v.T("me.key_make"), Post: accountPath + "/keys"}
	out.Form.Fields = v.withCode("key_code", problems, web.KeyFields(v.Lang, scopes(), v.form["key_scopes"], values, problems))
	return out, nil
}

// makeKey makes a key and shows it this once.
func (s *Server) makeKey(ctx context.Context, v *visit) (templ.Component, error) {
	values, problems := v.values(), map[string]string{}
	for _, f := range web.KeyFields(v.Lang, scopes(), nil, nil, nil) {
		if problem := v.fieldProblem(f, values[f.Name]); problem != "" && f.Name != "key_scopes" {
			problems[f.Name] = problem
		}
	}
	chosen := slices.DeleteFunc(scopes(), func(scope string) bool { return !slices.Contains(v.form["key_scopes"], scope) })
	if len(chosen) == 0 {
		problems["key_scopes"] = v.T("form.missing")
	}
	if len(problems) == 0 {
		err := s.proveAgain(ctx, v.form.Get("key_password"), v.form.Get("key_code"))
		if wrong, ok := v.fieldErrors(err); err != nil && !ok {
			return nil, err
		} else if ok {
			problems["key_password"], problems["key_code"] = wrong["password"], wrong["code"]
		}
	}
	if len(problems) > 0 {
		v.refuse()
		return s.accountForms(ctx, v, values, problems)
	}
	days, err := strconv.Atoi(values["key_days"])
	if err != nil {
		return nil, err
	}
	secret, _, err := s.newKey(ctx, values["key_name"], chosen, days)
	if err != nil {
		return nil, err
	}
	page := web.Told{
		Page: *v.Page, Title: v.T("me.key_made"), Texts: []string{v.T("me.key_once")}, Secrets: []string{secret},
		Links: []web.Link{{Text: v.T("me.title"), Path: accountPath}},
	}
	page.Path = accountPath
	return web.ToldPage(page), nil
}

// endKeyPage ends a key of the own account.
func (s *Server) endKeyPage(ctx context.Context, v *visit) (templ.Component, error) {
	v.goTo(accountPath + "?done=key")
	return nil, s.Store.DeleteKey(ctx, v.actor.ID, v.c.Param("id"))
}
