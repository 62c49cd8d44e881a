package api

import (
	"context"

	"github.com/a-h/templ"

	"puente/web"
)

// passwordForms are the forms for another password: for the old one, and, for
// those who do not know it, for the link of a mail.
func (v *visit) passwordForms(problems map[string]string) []web.Confirm {
	byMail := web.Confirm{Title: v.T("form.password"), Text: v.T("me.password_text"), Button: v.T("me.link_button"), Post: accountPath + "/password"}
	if v.actor.PasswordHash == "" {
		return []web.Confirm{byMail}
	}
	byMail.Title = v.T("me.password_forgotten")
	return []web.Confirm{{
		Title: v.T("form.password"), Text: v.T("me.new_password_text"), Button: v.T("me.password_change"), Post: accountPath + "/password/change",
		Fields: v.withCode("change_code", problems, web.NewPasswordFields(v.Lang, problems)),
	}, byMail}
}

// changePassword sets a new password for the old one, and a code where there is
// a second factor. All other sessions end, and all keys.
func (s *Server) changePassword(ctx context.Context, v *visit) (templ.Component, error) {
	problems := map[string]string{}
	for _, f := range web.NewPasswordFields(v.Lang, nil) {
		if problem := v.fieldProblem(f, v.form.Get(f.Name)); problem != "" {
			problems[f.Name] = problem
		}
	}
	of, err := s.whoseAccount(ctx, v.actor.ID, v.actor.Email)
	if err != nil {
		return nil, err
	}
	if err := v.alsoWrong(problems, s.checkPassword("new_password", v.form.Get("new_password"), of)); err != nil {
		return nil, err
	}
	if len(problems) == 0 {
		err := s.proveAgain(ctx, v.form.Get("old_password"), v.form.Get("change_code"))
		if wrong, ok := v.fieldErrors(err); err != nil && !ok {
			return nil, err
		} else if ok {
			problems["old_password"], problems["change_code"] = wrong["password"], wrong["code"]
		}
	}
	if len(problems) > 0 {
		v.refuse()
		return s.accountForms(ctx, v, nil, problems)
	}
	hash, err := s.hash(ctx, v.form.Get("new_password"))
	if err != nil {
		return nil, err
	}
	v.goTo(accountPath + "?done=password")
	return nil, s.Store.SetPassword(ctx, v.actor.by(), v.actor.ID, hash, v.actor.session.IDHash, s.composing(ctx, ""))
}
