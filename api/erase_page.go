package api

import (
	"context"
	"encoding/json"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// ownDataPath is where somebody gets or erases what is stored of her.
const ownDataPath = accountPath + "/data"

// dataList leads to what somebody can do with all that is stored of her.
func (v *visit) dataList() web.OwnList {
	return web.OwnList{Title: v.T("me.data_title"), Text: v.T("me.data_text"), Links: []web.Link{
		{Text: v.T("me.data_export"), Path: ownDataPath + "/export"}, {Text: v.T("me.data_erase"), Path: ownDataPath + "/erase"},
	}}
}

// exportPage sends what is stored of whoever asks, as a file.
func (s *Server) exportPage(ctx context.Context, v *visit) (templ.Component, error) {
	out, err := s.exportMe(ctx, nil)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(out.Body, "", " ")
	if err != nil {
		return nil, err
	}
	v.c.Header("Content-Disposition", `attachment; filename="puente.json"`)
	v.c.Data(200, "application/json; charset=utf-8", text)
	return nil, nil
}

// askEraseMe says what it means to erase the own account.
func (*Server) askEraseMe(_ context.Context, v *visit) (templ.Component, error) {
	return v.eraseForm(nil, nil), nil
}

func (v *visit) eraseForm(values, problems map[string]string) templ.Component {
	fields := web.EraseFields(v.Lang, v.T("me.data_address"), values, problems)
	text := v.T("me.data_erase_text")
	if v.actor.PasswordHash != "" {
		fields = v.withCode("code", problems, append(fields, web.OwnPasswordField(v.Lang, "password", problems)))
	} else if problem := problems["password"]; problem != "" {
		text = problem
	}
	v.Path = ownDataPath + "/erase"
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T("me.data_erase_title"), Text: text, Button: v.T("me.data_erase_button"), Post: v.Path,
		Fields: fields, Back: web.Link{Text: v.T("me.title"), Path: accountPath},
	})
}

// eraseMePage erases the own account, and forgets the browser.
func (s *Server) eraseMePage(ctx context.Context, v *visit) (templ.Component, error) {
	values := v.values()
	err := s.eraseOwn(ctx, values["email"], v.form.Get("password"), v.form.Get("code"))
	if problems, ok := v.fieldErrors(err); err != nil && ok {
		return v.eraseForm(values, problems), nil
	}
	if err != nil {
		return nil, err
	}
	for _, cookie := range []string{sessionCookie, deviceCookie, halfCookie, passkeyCookie, signUpCookie, flowCookie} {
		s.putCookie(v.c, cookie, "", 0)
	}
	v.c.Header("Clear-Site-Data", `"cache", "storage"`)
	v.goTo("/?done=erased")
	return nil, nil
}

// askErase says what it means to erase somebody's account.
func (s *Server) askErase(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	return v.eraseAccountForm(a, nil, nil), nil
}

func (v *visit) eraseAccountForm(a *models.Account, values, problems map[string]string) templ.Component {
	at := accountsPath + "/" + a.ID
	v.Path = at + "/erase"
	return web.ConfirmPage(web.Confirm{
		Page: *v.Page, Title: v.T("admin.erase_title", "Email", a.Email), Text: v.T("admin.erase_text"), Button: v.T("admin.erase_button"), Post: v.Path,
		Fields: web.EraseFields(v.Lang, v.T("admin.erase_address"), values, problems), Back: web.Link{Text: v.T("admin.not_now"), Path: at},
	})
}

// erasePage erases somebody's account.
func (s *Server) erasePage(ctx context.Context, v *visit) (templ.Component, error) {
	a, err := s.Store.Account(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	values := v.values()
	err = sameAddress(a, values["email"])
	if problems, ok := v.fieldErrors(err); err != nil && ok {
		return v.eraseAccountForm(a, values, problems), nil
	}
	if _, err := s.Store.EraseAccount(ctx, v.actor.by(), a.ID, s.composing(ctx, "")); err != nil {
		return nil, err
	}
	v.goTo(accountsPath + "?done=erased_account")
	return nil, nil
}
