package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"puente/models"
)

// recentWords say what signedInLately wants.
const recentWords = "Whoever asks has signed in within the last 10 minutes; otherwise it is forbidden, " +
	"so that who has found an open session can keep nobody out."

var (
	listSessions = huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: "/api/v1/sessions", Tags: []string{"accounts"},
		Summary:     "Where the own account is signed in, newest first",
		Description: "Sessions end when they are not used, and after a time at the latest; see docs/sessions.md.",
	}
	endSessions = huma.Operation{
		OperationID: "end-sessions", Method: http.MethodDelete, Path: "/api/v1/sessions", Tags: []string{"accounts"}, DefaultStatus: http.StatusNoContent,
		Summary: "Sign out everywhere else", Description: "All sessions of the own account end but the one that asks, and all links of mails. " + recentWords,
	}
	endSession = huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: "/api/v1/sessions/{id}", Tags: []string{"accounts"},
		DefaultStatus: http.StatusNoContent, Summary: "End one session of the own account", Description: recentWords + " Its own one may always be ended.",
	}
)

// Session is where an account is signed in.
type Session struct {
	ID      string             `json:"id" format:"uuid"`
	Kind    models.SessionKind `json:"kind" enum:"browser,program"`
	Device  string             `json:"device" doc:"In a few words; empty when nothing is known" example:"Firefox, Windows"`
	Network string             `json:"network" doc:"Where it began: not the address, only the first part of it" example:"192.0.2.0/24"`
	Begun   time.Time          `json:"begun"`
	Used    time.Time          `json:"used" doc:"To a minute"`
	Ends    time.Time          `json:"ends" doc:"If it is not used before"`
	Current bool               `json:"current" doc:"It is the one that asks"`
}

// sessionOf is a session as its owner sees it.
func (a *actor) sessionOf(s *models.Session) Session {
	return Session{s.ID, s.Kind, s.Device, s.Network, s.CreatedAt, s.UsedAt, s.Ends(), s.IDHash == a.session.IDHash}
}

func (s *Server) sessions(ctx context.Context, in *listIn) (*list[Session], error) {
	a := actorOf(ctx)
	read := func(p models.Part) ([]models.Session, error) { return s.Store.Sessions(ctx, a.ID, p) }
	return pageOf(ctx, s, in.PageInput, read, func(r *models.Session) string { return r.ID }, always(a.sessionOf))
}

func (s *Server) endSessions(ctx context.Context, _ *LanguageInput) (*struct{}, error) {
	a := actorOf(ctx)
	if err := s.signedInLately(a); err != nil {
		return nil, err
	}
	return nil, s.Store.EndSessions(ctx, a.by(), a.ID, a.session.IDHash)
}

// signedInLately wants a session that began by signing in, by whatever way, a
// short time ago.
func (s *Server) signedInLately(a *actor) error {
	if s.Now().Sub(a.session.CreatedAt) <= signInAgain {
		return nil
	}
	return &Error{Code: CodeForbidden, Key: "problem.sign_in_again"}
}

func (s *Server) endSession(ctx context.Context, in *IDInput) (*struct{}, error) {
	a := actorOf(ctx)
	if in.ID != a.session.ID {
		if err := s.signedInLately(a); err != nil {
			return nil, err
		}
	}
	return nil, s.Store.EndSession(ctx, a.ID, in.ID)
}

// deviceWords are what a User-Agent says of a browser and of a system, the
// first that it holds; browsers name themselves after others too.
var deviceWords = [2][][2]string{
	{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}},
	{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Macintosh", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}},
}

// deviceName says in a few words what a client calls itself, "" when that is
// nothing that can be repeated.
func deviceName(agent string) string {
	var names []string
	for _, words := range deviceWords {
		for _, w := range words {
			if strings.Contains(agent, w[0]) {
				names = append(names, w[1])
				break
			}
		}
	}
	if len(names) > 0 {
		return strings.Join(names, ", ")
	}
	product, _, _ := strings.Cut(agent, "/")
	if product = cmp.Or(product, agent); plainName(product) {
		return product
	}
	return ""
}
