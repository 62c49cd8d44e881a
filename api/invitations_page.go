package api

import (
	"context"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// inviteForm is the id of the form that invites.
const inviteForm = "invite"

// inviteFields ask whom to invite, and to what.
func inviteFields(v *visit, p *places, f filling) []web.Field {
	return web.Fill(f.values, f.problems, web.EmailField(v.Lang), web.LanguageField("lang", v.T("admin.invite_lang")), p.field(v, true))
}

// invitationsPage shows whom administrators have invited, and a form for more.
func (s *Server) invitationsPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.invitations(ctx, v, filling{values: map[string]string{"lang": v.Lang}})
}

func (s *Server) invitations(ctx context.Context, v *visit, f filling) (templ.Component, error) {
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	invited, err := s.Store.Invited(ctx)
	if err != nil {
		return nil, err
	}
	part := web.AdminPart{Title: v.T("admin.invited_list"), Text: v.T("admin.invited_text"), None: v.T("admin.invited_none")}
	for i := range invited {
		a := &invited[i]
		row := web.AdminRow{
			Name: a.Email, Path: accountsPath + "/" + a.ID, Chips: []web.Chip{{Text: v.T("admin.role_" + string(a.Role))}},
			Actions: []web.Action{
				{Label: v.T("admin.invite_again"), Post: invitationsPath + "/" + a.ID + "/again"},
				{Label: v.T("admin.invite_withdraw"), Post: invitationsPath + "/" + a.ID + "/withdraw"},
			},
		}
		grants, err := s.Store.Grants(ctx, a.ID, true)
		if err != nil {
			return nil, err
		}
		for i := range grants {
			row.Facts = append(row.Facts, places.words(v, &grants[i]))
		}
		row.Facts = append(row.Facts, v.T("admin.invited_at", "Time", pageTime(a.CreatedAt)))
		part.Rows = append(part.Rows, row)
	}
	page := web.Admin{Page: *v.Page, Title: v.T("admin.invitations"), Text: v.T("admin.invitations_text"), Stale: f.stale, Parts: []web.AdminPart{part}}
	page.Path, page.Kept = invitationsPath, web.Kept{ID: inviteForm, Post: invitationsPath}
	page.Side = []web.AdminPart{{Title: v.T("admin.invite"), Text: v.T("admin.invite_text"), Form: web.Confirm{
		ID: inviteForm, Primary: true, Button: v.T("admin.invite_button"), Post: invitationsPath, Fields: inviteFields(v, places, f),
	}}}
	return web.AdminPage(page), nil
}

// invitePage invites somebody. The answer is the same whoever has the address.
func (s *Server) invitePage(ctx context.Context, v *visit) (templ.Component, error) {
	places, err := s.places(ctx)
	if err != nil {
		return nil, err
	}
	fields := inviteFields(v, places, filling{})
	f := v.filled(fields)
	if f.again(v) {
		return s.invitations(ctx, v, f)
	}
	a := &models.Account{Role: models.AccountAdmin, Email: f.values["email"], Lang: f.values["lang"]}
	var grants []models.Grant
	if f.values["grant"] != grantAdmin {
		a.Role, grants = models.AccountStaff, []models.Grant{grantChosen(f.values["grant"], "")}
	}
	if err := s.invite(ctx, a, grants); err != nil {
		f, ok := v.answered(err, f, fields)
		if !ok {
			return nil, err
		}
		return s.invitations(ctx, v, f)
	}
	v.goTo(invitationsPath + "?done=invited")
	return nil, nil
}

// inviteAgainPage writes to somebody who was invited once more.
func (s *Server) inviteAgainPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.invitationDone(ctx, v, s.inviteAgain(ctx, v.c.Param("id")), "invited")
}

// withdrawPage withdraws an invitation.
func (s *Server) withdrawPage(ctx context.Context, v *visit) (templ.Component, error) {
	return s.invitationDone(ctx, v, s.Store.Uninvite(ctx, v.actor.by(), v.c.Param("id")), "uninvited")
}

// invitationDone leads back to the list, or shows it with what somebody else has
// done meanwhile.
func (s *Server) invitationDone(ctx context.Context, v *visit, err error, done string) (templ.Component, error) {
	if err == nil {
		v.goTo(invitationsPath + "?done=" + done)
		return nil, nil
	}
	f := filling{values: map[string]string{"lang": v.Lang}}
	if code := known(err).Code; code != CodeConflict && code != CodeTooMany {
		return nil, err
	}
	f, ok := v.answered(err, f, nil)
	if !ok {
		return nil, err
	}
	return s.invitations(ctx, v, f)
}
