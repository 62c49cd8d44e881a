package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// standings are how an offer stands for each side.
var standings = map[models.OfferState]map[models.Role]web.RequestState{
	models.OfferOffered:          {models.RoleMentor: web.RequestOpen, models.RoleMentee: web.RequestOpen},
	models.OfferAcceptedByMentee: {models.RoleMentor: web.RequestOpen, models.RoleMentee: web.RequestWaiting},
	models.OfferAcceptedByMentor: {models.RoleMentor: web.RequestWaiting, models.RoleMentee: web.RequestOpen},
	models.OfferActive:           {models.RoleMentor: web.RequestActive, models.RoleMentee: web.RequestActive},
	models.OfferDeclined:         {models.RoleMentor: web.RequestDeclined, models.RoleMentee: web.RequestDeclined},
	models.OfferExpired:          {models.RoleMentor: web.RequestExpired, models.RoleMentee: web.RequestExpired},
	models.OfferSuperseded:       {models.RoleMentor: web.RequestSuperseded, models.RoleMentee: web.RequestSuperseded},
}

// standing is how an offer stands for its reader.
func (o *offer) standing() web.RequestState { return standings[o.State][o.side] }

// offersPage shows the offer that most needs an answer, or says that there is
// none yet.
func (s *Server) offersPage(ctx context.Context, v *visit) (templ.Component, error) {
	all, err := s.ownOffers(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		side := web.SideMentor
		if v.actor.Role == models.AccountEntrepreneur {
			side = web.SideMentee
		}
		return web.RequestPage(web.Request{Page: *v.Page, Side: side, State: web.RequestNone}), nil
	}
	slices.SortStableFunc(all, func(a, b *offer) int { return int(a.standing()) - int(b.standing()) })
	return s.offerPage(v, all[0], all, nil)
}

// oneOfferPage shows an offer with its forms.
func (s *Server) oneOfferPage(ctx context.Context, v *visit) (templ.Component, error) {
	o, all, err := s.offerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	return s.offerPage(v, o, all, nil)
}

// offerOfPage reads the offer that the address names, and all of its reader's.
func (s *Server) offerOfPage(ctx context.Context, v *visit) (*offer, []*offer, error) {
	o, err := s.offerFor(ctx, v.c.Param("id"))
	if err != nil {
		return nil, nil, err
	}
	all, err := s.ownOffers(ctx)
	return o, all, err
}

func (s *Server) offerPage(v *visit, o *offer, all []*offer, problems map[string]string) (templ.Component, error) {
	lines, err := jobs.PairLines(o.pair.Lines, jobs.Words{Lang: v.Lang, Text: web.Text})
	if err != nil {
		return nil, err
	}
	other := &o.other.Profile
	path := askedPath + "/" + o.ID
	page := web.Request{
		Page: *v.Page, Side: o.side.String(), Name: v.nameOf(o.other), Left: o.other.Erased(),
		About: aboutOf(v.Lang, other), Country: other.Country, Business: other.Organization,
		Due: o.ExpiresAt, Facts: v.facts(other), Score: scoreOf(o.pair.Score, lines), State: o.standing(), Contact: o.contact,
		Accept: path + "/accept", Decline: path + "/decline",
	}
	if page.State != web.RequestOpen {
		page.Decline = "" // what is accepted stands until the other side has answered
	}
	if i := slices.Index(other.Wishes, o.mine.Profile.ID); i >= 0 {
		page.Facts = append(page.Facts, web.Fact{Term: v.T("fact.choice"), Value: strconv.Itoa(i + 1)})
	}
	page.DeclineFields = web.DeclineFields(v.Lang, page.Side, nil, problems)
	if o.side == models.RoleMentor {
		page.Taken, page.Places = o.mine.Profile.Taken, o.mine.Profile.Capacity
	} else {
		page.Steps = v.steps(o.mine, o)
	}
	for _, other := range all {
		entry := web.Waiting{
			Name: v.nameOf(other.other), Note: aboutOf(v.Lang, &other.other.Profile), Path: askedPath + "/" + other.ID, Current: other.ID == o.ID,
		}
		switch other.standing() {
		case web.RequestActive:
			page.Mentorships = append(page.Mentorships, entry)
		case web.RequestOpen, web.RequestWaiting:
			page.Requests = append(page.Requests, entry)
		}
	}
	return web.RequestPage(page), nil
}

// acceptPage says yes to an offer.
func (s *Server) acceptPage(ctx context.Context, v *visit) (templ.Component, error) {
	o, err := s.offerFor(ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	if _, err := s.Store.AcceptOffer(ctx, v.actor.by(), o.ID, o.side); err != nil {
		return nil, err
	}
	v.goTo(askedPath + "/" + o.ID + "?done=accepted")
	return nil, nil
}

// declinePage says no to an offer, with a reason.
func (s *Server) declinePage(ctx context.Context, v *visit) (templ.Component, error) {
	o, all, err := s.offerOfPage(ctx, v)
	if err != nil {
		return nil, err
	}
	reason := v.form.Get("reason")
	if !slices.Contains(models.DeclineReasons, reason) {
		v.refuse()
		v.Path = askedPath + "/" + o.ID
		return s.offerPage(v, o, all, map[string]string{"reason": v.T("form.missing")})
	}
	if _, err := s.Store.DeclineOffer(ctx, v.actor.by(), o.ID, reason); err != nil {
		return nil, err
	}
	v.goTo(askedPath + "/" + o.ID + "?done=declined")
	return nil, nil
}
