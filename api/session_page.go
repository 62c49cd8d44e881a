package api

import (
	"cmp"
	"context"
	"time"

	"github.com/a-h/templ"

	"puente/models"
	"puente/web"
)

// pageTime writes an instant on a page, to a minute.
func pageTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

// sessionsList shows where somebody is signed in.
func (s *Server) sessionsList(ctx context.Context, v *visit) (web.OwnList, error) {
	out := web.OwnList{Title: v.T("me.sessions_title"), Text: v.T("me.sessions_text")}
	all, err := s.Store.Sessions(ctx, v.actor.ID)
	if err != nil {
		return out, err
	}
	kinds := map[models.SessionKind]string{models.SessionBrowser: v.T("me.session_browser"), models.SessionProgram: v.T("me.session_program")}
	for i := range all {
		one := v.actor.sessionOf(&all[i])
		row := web.OwnRow{Name: cmp.Or(one.Device, kinds[one.Kind]), Facts: []string{
			v.T("me.session_begun", "Begun", pageTime(one.Begun), "Network", one.Network, "Used", pageTime(one.Used)),
			v.T("me.session_ends", "Ends", pageTime(one.Ends)),
		}}
		if one.Current {
			row.Facts = append([]string{v.T("me.session_this")}, row.Facts...)
		} else {
			row.Button, row.Post = v.T("me.session_end"), accountPath+"/sessions/"+one.ID
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) > 1 {
		out.Form = web.Confirm{Button: v.T("me.sessions_end"), Post: accountPath + "/sessions"}
	}
	return out, nil
}

// endSessionPage ends one session of the own account.
func (s *Server) endSessionPage(ctx context.Context, v *visit) (templ.Component, error) {
	_, err := s.endSession(ctx, &IDInput{ID: v.c.Param("id")})
	v.goTo(accountPath + "?done=sessions")
	return nil, err
}

// endSessionsPage ends all sessions of the own account but this one.
func (s *Server) endSessionsPage(ctx context.Context, v *visit) (templ.Component, error) {
	_, err := s.endSessions(ctx, nil)
	v.goTo(accountPath + "?done=sessions")
	return nil, err
}
