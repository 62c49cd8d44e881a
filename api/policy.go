package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"puente/models"
)

// right is one way to be allowed something; it stands in the document, in the
// operation's x-authz.
type right string

// The rights. Reviewers, managers and auditors have theirs by grants.
const (
	anyone      right = "anyone"
	signedIn    right = "signed in"
	participant right = "participant" // an account that takes part, as an entrepreneur or a mentor
	owner       right = "owner"       // of the object
	reviewer    right = "reviewer"    // of the home organisation of the person
	manager     right = "manager"     // of the programme
	auditor     right = "auditor"     // of the programme
	admin       right = "admin"
)

// kind is what an operation is about.
type kind string

// The kinds of objects that policies look at.
const (
	aProgramme kind = "programme" // public: everybody may know of all of them
	aProfile   kind = "profile"
	aRound     kind = "round"
	aRun       kind = "run"
	anOffer    kind = "offer"
)

// place is where a request names its object.
type place string

// The places of the name of an object.
const (
	inPath  place = "path"
	inQuery place = "query" // as "programme"
	inBody  place = "body"  // as "programme"
)

// policy says who may do something: whoever has one of the rights over the
// object. Without any right nobody may.
type policy struct {
	who  []right
	kind kind // "" if it is about no object that rights depend on
	in   place
	bare bool // also for those who have to set up a second factor first
}

// to lets in whoever has one of the rights.
func to(who ...right) policy { return policy{who: who} }

// about lets in whoever has one of the rights over the object of a place.
func about(k kind, in place, who ...right) policy { return policy{who: who, kind: k, in: in} }

// bare lets in also those who have to set up a second factor before anything
// else.
func bare(p policy) policy {
	p.bare = true
	return p
}

// managing lets in whoever manages a programme.
var managing = []right{manager, admin}

// policies says who may use what: an operation by its id, a page by its method
// and its path without the language. What it lacks nobody may use.
// docs/authorization.md is written from it, and TestAuthzMatrix tries all of it.
var policies = map[string]policy{
	"list-vocabularies":    to(anyone),
	"suggest-topics":       to(anyone),
	"verify-assignment":    to(anyone),
	"create-account":       to(anyone),
	"request-link":         to(anyone),
	"create-token-by-link": to(anyone),
	"create-token":         to(anyone),
	"refresh-token":        to(anyone),
	"delete-token":         bare(to(signedIn)),
	"list-sessions":        to(signedIn),
	"end-sessions":         to(signedIn),
	"end-session":          to(signedIn), // one's own
	"list-keys":            to(signedIn),
	"create-key":           to(signedIn),
	"delete-key":           to(signedIn), // one's own
	"list-passkeys":        to(signedIn),
	"delete-passkey":       to(signedIn), // one's own
	"get-me":               to(signedIn),
	"update-role":          to(participant),
	"change-email":         to(signedIn),
	"export-me":            to(signedIn),
	"erase-me":             to(signedIn),

	"create-staff":         to(admin),
	"list-invitations":     to(admin),
	"resend-invitation":    to(admin),
	"withdraw-invitation":  to(admin),
	"list-accounts":        to(admin),
	"get-account":          to(admin),
	"disable-account":      to(admin),
	"enable-account":       to(admin),
	"end-account-sessions": to(admin),
	"delete-factor":        to(admin), // not one's own
	"create-grant":         to(admin),
	"list-grants":          to(admin),
	"end-grant":            to(admin),
	"create-organization":  to(admin),
	"list-organizations":   to(signedIn),
	"get-organization":     to(signedIn),
	"update-organization":  to(admin),
	"create-provider":      to(admin),
	"list-providers":       to(admin),
	"get-provider":         to(admin),
	"update-provider":      to(admin),
	"delete-provider":      to(admin),

	"list-programmes":   to(anyone),
	"create-programme":  to(admin),
	"get-programme":     to(anyone),
	"update-programme":  about(aProgramme, inPath, manager, admin), // managers its settings, see changeProgramme
	"preview-programme": about(aProgramme, inPath, manager, admin),

	"create-profile":           to(participant),
	"list-profiles":            about(aProgramme, inQuery, reviewer, manager, admin), // reviewers see their organisations' people of it
	"get-profile":              about(aProfile, inPath, owner, reviewer, manager, admin),
	"update-profile":           about(aProfile, inPath, owner, manager, admin),
	"move-profile":             about(aProfile, inPath, owner, reviewer, manager, admin), // see steps
	"update-home-organization": about(aProfile, inPath, owner, manager, admin),
	"order-wishes":             about(aProfile, inPath, owner),
	"get-own-words":            about(aProfile, inPath, owner),
	"save-own-words":           about(aProfile, inPath, owner),
	"delete-own-words":         about(aProfile, inPath, owner),
	"list-suggestions":         about(aProfile, inPath, owner, manager, admin),
	"get-suggestion":           about(aProfile, inPath, owner, manager, admin),

	"create-round":      about(aProgramme, inBody, manager, admin),
	"list-rounds":       about(aProgramme, inQuery, manager, auditor, admin),
	"get-round":         about(aRound, inPath, manager, auditor, admin),
	"move-round":        about(aRound, inPath, manager, admin),
	"publish-round":     about(aRound, inPath, manager, admin),
	"list-round-offers": about(aRound, inPath, manager, admin),
	"create-run":        about(aRound, inPath, manager, admin),
	"list-runs":         about(aRound, inPath, manager, auditor, admin),
	"get-run":           about(aRun, inPath, manager, auditor, admin),
	"watch-run":         about(aRun, inPath, manager, auditor, admin),
	"cancel-run":        about(aRun, inPath, manager, admin),
	"list-pairs":        about(aRun, inPath, manager, auditor, admin),
	"get-run-result":    about(aRun, inPath, manager, auditor, admin),
	"explain-run":       about(aRun, inPath, manager, admin),
	"diff-runs":         about(aRun, inPath, manager, auditor, admin), // and the other run
	"advise-run":        about(aRun, inPath, manager, admin),

	"list-offers":   to(signedIn), // one's own
	"get-offer":     about(anOffer, inPath, owner),
	"accept-offer":  about(anOffer, inPath, owner),
	"decline-offer": about(anOffer, inPath, owner),

	"GET /healthz":             to(anyone),
	"GET /readyz":              to(anyone),
	"GET /api/docs":            to(anyone),
	"GET /api/docs.css":        to(anyone),
	"GET /api/v1/openapi.json": to(anyone),
	"GET /static/{file}":       to(anyone),

	cameBack: to(anyone),

	"GET ":                          to(anyone),
	"GET /":                         to(anyone),
	"GET /sign-up":                  to(anyone),
	"POST /sign-up":                 to(anyone),
	"GET /sign-in":                  to(anyone),
	"POST /sign-in":                 to(anyone),
	"POST /sign-in/providers/{id}":  to(anyone),
	"GET /sign-up/provider":         to(anyone),
	"POST /sign-up/provider":        to(anyone),
	"GET /sign-in/link":             to(anyone),
	"POST /sign-in/link":            to(anyone),
	"GET /sign-in/reset":            to(anyone),
	"POST /sign-in/reset":           to(anyone),
	"GET /mail-sent":                to(anyone),
	"POST /sign-out":                to(anyone),
	"GET /link/{token}":             to(anyone),
	"POST /link/{token}":            to(anyone),
	"GET /sign-in/code":             to(anyone), // who has shown a first factor
	"POST /sign-in/code":            to(anyone),
	"GET /account/factor":           bare(to(signedIn)),
	"POST /account/factor":          bare(to(signedIn)),
	"POST /account/factor/code":     bare(to(signedIn)),
	"POST /account/factor/new":      to(signedIn),
	"POST /account/factor/off":      to(signedIn),
	"POST /sign-in/passkey":         to(anyone),
	"POST /sign-in/passkey/answer":  to(anyone),
	"POST /account/passkeys":        to(signedIn),
	"POST /account/passkeys/{id}":   to(signedIn), // one's own
	"POST /account/passkey":         to(signedIn),
	"GET /account":                  to(signedIn),
	"POST /account/role":            to(participant),
	"POST /account/email":           to(signedIn),
	"POST /account/password":        to(signedIn),
	"POST /account/password/change": to(signedIn),
	"GET /account/data/export":      to(signedIn),
	"GET /account/data/erase":       to(signedIn),
	"POST /account/data/erase":      to(signedIn),
	"POST /account/providers":       to(signedIn),
	"POST /account/providers/{id}":  to(signedIn), // one's own link
	"POST /account/sessions":        to(signedIn),
	"POST /account/sessions/{id}":   to(signedIn),
	"POST /account/keys":            to(signedIn),
	"POST /account/keys/{id}":       to(signedIn),

	"GET /accounts":                      to(admin),
	"GET /accounts/{id}":                 to(admin),
	"POST /accounts/{id}/grants":         to(admin),
	"POST /accounts/{id}/grants/{grant}": to(admin),
	"POST /accounts/{id}/sessions":       to(admin),
	"GET /accounts/{id}/factor":          to(admin), // not one's own
	"POST /accounts/{id}/factor":         to(admin), // not one's own
	"GET /accounts/{id}/disable":         to(admin),
	"POST /accounts/{id}/disable":        to(admin),
	"GET /accounts/{id}/enable":          to(admin),
	"POST /accounts/{id}/enable":         to(admin),
	"GET /accounts/{id}/erase":           to(admin),
	"POST /accounts/{id}/erase":          to(admin),
	"GET /invitations":                   to(admin),
	"POST /invitations":                  to(admin),
	"POST /invitations/{id}/again":       to(admin),
	"POST /invitations/{id}/withdraw":    to(admin),
	"GET /organizations":                 to(admin),
	"POST /organizations":                to(admin),
	"GET /organizations/{id}":            to(admin),
	"POST /organizations/{id}":           to(admin),

	"GET /organizations/{id}/providers":                    to(admin),
	"POST /organizations/{id}/providers":                   to(admin),
	"GET /organizations/{id}/providers/{provider}":         to(admin),
	"POST /organizations/{id}/providers/{provider}":        to(admin),
	"GET /organizations/{id}/providers/{provider}/remove":  to(admin),
	"POST /organizations/{id}/providers/{provider}/remove": to(admin),

	"GET /programmes":          to(admin),
	"POST /programmes":         to(admin),
	"GET /programmes/{id}":     to(admin),
	"POST /programmes/{id}":    to(admin),
	"GET /mailbox":             to(admin),
	"GET /mailbox/{id}":        to(admin),
	"POST /mailbox/{id}/again": to(admin),

	"GET /profile":                to(participant), // one's own, and so are the next
	"POST /profile":               to(participant),
	"GET /profile/do/{event}":     to(participant),
	"POST /profile/do/{event}":    to(participant),
	"GET /match":                  to(participant),
	"POST /match":                 to(participant),
	"GET /requests":               to(participant),
	"GET /requests/{id}":          about(anOffer, inPath, owner),
	"POST /requests/{id}/accept":  about(anOffer, inPath, owner),
	"POST /requests/{id}/decline": about(anOffer, inPath, owner),

	"GET /people":                        to(reviewer, manager, admin), // those who are theirs
	"POST /people/{id}/do/{event}":       about(aProfile, inPath, reviewer, manager, admin),
	"GET /rounds":                        to(manager, auditor, admin), // of their programmes
	"POST /rounds":                       to(manager, admin),
	"GET /rounds/{id}":                   about(aRound, inPath, manager, auditor, admin),
	"GET /rounds/{id}/runs":              about(aRound, inPath, manager, auditor, admin),
	"POST /rounds/{id}/runs":             about(aRound, inPath, manager, admin),
	"POST /rounds/{id}/runs/{run}/stop":  about(aRound, inPath, manager, admin),
	"GET /rounds/{id}/compare":           about(aRound, inPath, manager, auditor, admin),
	"GET /rounds/{id}/explain":           about(aRound, inPath, manager, admin),
	"GET /rounds/{id}/advice":            about(aRound, inPath, manager, admin),
	"POST /rounds/{id}/publish":          about(aRound, inPath, manager, admin),
	"POST /rounds/{id}/do/{event}":       about(aRound, inPath, manager, admin),
	"GET /rounds/{id}/round.json":        about(aRound, inPath, manager, auditor, admin),
	"GET /programmes/{id}/weights":       about(aProgramme, inPath, manager, admin),
	"POST /programmes/{id}/weights":      about(aProgramme, inPath, manager, admin),
	"POST /programmes/{id}/weights/keep": about(aProgramme, inPath, manager, admin),
}

// steps says who may take a profile through a step. Owners come back to the
// list only from a pause of their own, see stepProfile.
var steps = map[models.ProfileEvent][]right{
	models.ProfileSubmit:   {owner},
	models.ProfileWithdraw: {owner},
	models.ProfileWait:     {owner, manager, admin},
	models.ProfilePause:    {owner, manager, admin},
	models.ProfileAsk:      {reviewer, manager, admin},
	models.ProfileApprove:  {reviewer, manager, admin},
	models.ProfileRefer:    {reviewer, manager, admin},
	models.ProfileFreeze:   {manager, admin},
	models.ProfileBlock:    {manager, admin},
}

// field is a part of answers that not everybody sees who may have the rest.
type field string

// The fields with rights of their own.
const (
	fieldNames field = "names" // of the people of a round, and what else round.json does not say of them
	fieldClash field = "clash" // whom the demands of a run that has no result name
)

// fields says who sees a field of an object.
var fields = map[field][]right{
	fieldNames: {manager, admin},
	fieldClash: {manager, admin},
}

// scope is what rights over an object depend on.
type scope struct {
	programme    string
	organization string   // the home organisation; "" for none
	owners       []string // accounts
	lists        bool     // it stands for what belongs to it, of which everybody gets theirs
}

// allows says whether the actor, nil for nobody, has one of the rights over an
// object; over some object, if that is nil.
func allows(who []right, a *actor, o *scope) bool {
	return slices.ContainsFunc(who, func(r right) bool { return r.held(a, o) })
}

// held says whether an actor has a right over an object, or over some.
func (r right) held(a *actor, o *scope) bool {
	if r == anyone {
		return true
	}
	if a == nil {
		return false
	}
	switch r {
	case signedIn:
		return true
	case participant:
		return len(a.Sides()) > 0
	case owner:
		return o == nil || slices.Contains(o.owners, a.ID)
	case reviewer:
		return a.has(models.GrantReviewer, o, func(g *models.Grant) bool { return o.lists || *g.OrganizationID == o.organization })
	case manager:
		return a.has(models.GrantManager, o, func(g *models.Grant) bool { return *g.ProgrammeID == o.programme })
	case auditor:
		return a.has(models.GrantAuditor, o, func(g *models.Grant) bool { return *g.ProgrammeID == o.programme })
	case admin:
		return a.Role == models.AccountAdmin
	}
	return false
}

// has says whether an actor has a grant of a role over an object, or over some.
func (a *actor) has(role models.GrantRole, o *scope, over func(*models.Grant) bool) bool {
	return a.Role == models.AccountStaff && slices.ContainsFunc(a.grants, func(g models.Grant) bool {
		return g.Role == role && (o == nil || over(&g))
	})
}

// enter says whether an actor may use an operation at all, whatever the object.
func (p policy) enter(a *actor) error {
	switch {
	case a != nil && a.bare && !p.bare && !p.public():
		return &Error{Code: CodeSecondFactor, Key: "problem.set_up_factor"}
	case allows(p.who, a, nil):
		return nil
	case a == nil:
		return &Error{Code: CodeUnauthorized}
	}
	return &Error{Code: CodeForbidden}
}

// over says whether an actor may use an operation on its object, and gives what
// rights depend on. An object that the actor may not know of is answered like
// one that is not there.
func (s *Server) over(ctx context.Context, p policy, a *actor, id string) (*scope, error) {
	o, err := s.scopeOf(ctx, p.kind, a, id)
	switch {
	case err != nil:
		return nil, err
	case allows(p.who, a, o):
		return o, nil
	case p.kind == aProgramme:
		return nil, &Error{Code: CodeForbidden}
	}
	return nil, &Error{Code: CodeNotFound}
}

// scopeOf reads what rights over an object depend on.
func (s *Server) scopeOf(ctx context.Context, k kind, a *actor, id string) (*scope, error) {
	hidden := func(err error) (*scope, error) {
		if models.CodeOf(err) == models.CodeNotFound {
			return nil, &Error{Code: CodeNotFound, Err: err}
		}
		return nil, err
	}
	switch k {
	case aProgramme:
		p, err := s.Store.Programme(ctx, id)
		if err != nil {
			return hidden(err)
		}
		return &scope{programme: p.ID, lists: true}, nil
	case aProfile:
		p, err := s.Store.Profile(ctx, id)
		if err != nil {
			return hidden(err)
		}
		if p.Erased() {
			return nil, &Error{Code: CodeNotFound}
		}
		return profileScope(p), nil
	case aRun:
		run, err := s.Store.RunStatus(ctx, id)
		if err != nil {
			return hidden(err)
		}
		return s.scopeOf(ctx, aRound, a, run.RoundID)
	case aRound:
		r, err := s.Store.Round(ctx, id)
		if err != nil {
			return hidden(err)
		}
		return &scope{programme: r.ProgrammeID}, nil
	case anOffer:
		if _, _, err := s.Store.OfferFor(ctx, a.ID, id); err != nil {
			return hidden(err)
		}
		return &scope{owners: []string{a.ID}}, nil
	}
	return nil, &Error{Code: CodeNotFound}
}

// profileScope is what rights over a profile depend on.
func profileScope(p *models.ProfileRow) *scope {
	o := &scope{programme: p.ProgrammeID}
	if p.OrganizationID != nil {
		o.organization = *p.OrganizationID
	}
	if p.AccountID != nil {
		o.owners = []string{*p.AccountID}
	}
	return o
}

type scopeKey struct{}

// sees says whether whoever sends a request sees a field of its object.
func sees(ctx context.Context, f field) bool {
	o, _ := ctx.Value(scopeKey{}).(*scope)
	return o != nil && allows(fields[f], actorOf(ctx), o)
}

// permit looks who sends a request and whether they may use the operation at all.
func (s *Server) permit(p policy, scope string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		a, err := s.byToken(c.Request)
		if err == nil {
			err = cmp.Or(p.enter(a), a.opens(scope))
		}
		if err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		next(huma.WithValue(ctx, actorKey{}, a))
	}
}

// permitObject looks whether whoever sends a request may use the operation on
// its object, before anything else looks at that.
func (s *Server) permitObject(p policy) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		id, err := p.objectOf(c)
		if err == nil && id == "" { // what the operation refuses by itself
			next(ctx)
			return
		}
		var o *scope
		if err == nil {
			o, err = s.over(ctx.Context(), p, actorOf(ctx.Context()), id)
		}
		if p.in == inBody && err != nil && known(err).Code == CodeNotFound {
			next(ctx) // so is this
			return
		}
		if err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		next(huma.WithValue(ctx, scopeKey{}, o))
	}
}

// permitPage looks whether whoever is signed in on a browser may have a page.
func (s *Server) permitPage(c *gin.Context, rate RateClass, p policy) error {
	if p.public() {
		return nil
	}
	a, err := s.byCookie(c.Request)
	if err == nil && a != nil {
		err = s.countPage(c, rate, a)
	}
	if err == nil {
		err = p.enter(a)
	}
	if err == nil && p.kind != "" {
		_, err = s.over(c.Request.Context(), p, a, c.Param("id"))
	}
	return err
}

// still asks again whether whoever sent a request may use an operation on an
// object, for answers that take their time: a session, an account or a grant
// may have ended meanwhile.
func (s *Server) still(ctx context.Context, operation, id string) func() error {
	was := actorOf(ctx)
	return func() error {
		now, err := s.again(ctx, was)
		if err != nil {
			return err
		}
		_, err = s.over(ctx, policies[operation], now, id)
		return err
	}
}

// again finds an actor anew, as the session or the key and the account are now.
func (s *Server) again(ctx context.Context, was *actor) (*actor, error) {
	if was.key != nil {
		key, account, err := s.Store.KeyByHash(ctx, was.key.KeyHash)
		if err != nil {
			return nil, err
		}
		return s.granted(ctx, &actor{Account: account, key: key})
	}
	in, err := s.Store.SignedIn(ctx, was.session.IDHash)
	if err != nil {
		return nil, err
	}
	return s.granted(ctx, &actor{Account: &in.Account, session: &in.Session})
}

// objectOf is the id of a request's object; "" if a query or body that must
// name one does not.
func (p policy) objectOf(c *gin.Context) (string, error) {
	switch p.in {
	case inPath:
		return c.Param("id"), nil
	case inQuery:
		return c.Query("programme"), nil
	}
	data, err := io.ReadAll(c.Request.Body) //lint:allow httpbody: strictBody has read it within its bounds
	if err != nil {
		return "", err
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(data))
	var names struct {
		Programme any `json:"programme"`
	}
	_ = json.Unmarshal(data, &names) // what is no object is refused by its schema
	id, _ := names.Programme.(string)
	return id, nil
}

// authz is what the document says of a policy.
func (p policy) authz() []string {
	out := make([]string, len(p.who))
	for i, r := range p.who {
		out[i] = string(r)
	}
	return out
}

// String names the rights, as in routes.golden.
func (p policy) String() string { return strings.Join(p.authz(), ", ") }

// public says whether nobody has to be signed in.
func (p policy) public() bool { return slices.Contains(p.who, anyone) }

// policyOf is the policy of a route.
func (r route) policyOf() policy {
	if r.open {
		return to(anyone)
	}
	if r.id != "" {
		return policies[r.id]
	}
	return policies[r.method+" "+strings.TrimPrefix(r.path, "/{lang}")]
}

// programmesOf are the programmes over which an actor has one of the rights,
// the oldest first.
func (s *Server) programmesOf(ctx context.Context, a *actor, who ...right) ([]models.Programme, error) {
	all, err := s.Store.Programmes(ctx)
	all = slices.DeleteFunc(all, func(p models.Programme) bool { return !allows(who, a, &scope{programme: p.ID, lists: true}) })
	slices.SortStableFunc(all, func(x, y models.Programme) int { return x.CreatedAt.Compare(y.CreatedAt) })
	return all, err
}

// homes are the home organisations whose people of a programme an actor may
// list: all for those who manage it, their own for reviewers.
func (a *actor) homes(programme string) models.Homes {
	return models.Homes{Any: allows(managing, a, &scope{programme: programme}), Of: a.organizations()}
}

// organizations are those whose people the actor looks after.
func (a *actor) organizations() (out []string) {
	for _, g := range a.grants {
		if g.Role == models.GrantReviewer {
			out = append(out, *g.OrganizationID)
		}
	}
	return out
}

// granted is an actor with what was granted by now.
func (s *Server) granted(ctx context.Context, a *actor) (_ *actor, err error) {
	a.bare = s.bare(a.Account)
	requestOf(ctx).about(a.ID)
	if a.Role == models.AccountStaff {
		a.grants, err = s.Store.Grants(ctx, a.ID, true)
	}
	return a, err
}
