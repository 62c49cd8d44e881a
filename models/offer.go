package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Offer is a pair of a published run on its way to becoming a mentorship: both people have to accept.
type Offer struct {
	ID        string `gorm:"primaryKey"`
	RoundID   string
	PairID    string
	MenteeID  string // profiles
	MentorID  string
	State     OfferState
	Reason    string // why it was declined
	ExpiresAt time.Time
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// answerTime is how long people have to answer an offer.
const answerTime = 10 * 24 * time.Hour

// Publish chooses a finished run of a round and offers its pairs to their people, in one transaction. People who have
// declared a conflict since the run, or whose organization is the same now, are not offered to each other, and nobody
// is offered who no longer waits or has an offer already: then nothing is published and the error names the pair or
// the person.
func (s *Store) Publish(ctx context.Context, by Actor, round, run string) (offers []Offer, err error) {
	err = s.write(ctx, "offer", func(g *gorm.DB) error {
		offers = nil
		var chosen Run
		if err := g.Omit("snapshot", "result").Where("id = ? AND round_id = ?", run, round).First(&chosen).Error; err != nil {
			return err
		}
		if chosen.State != RunFinished {
			return &Error{Code: CodeConflict, Field: "run", Key: "store.wrong_state", Args: map[string]any{"State": string(chosen.State), "Event": "publish"}}
		}
		if _, err := s.moveRound(g, by, round, RoundPublish, map[string]any{"chosen_run": run}); err != nil {
			return err
		}
		var pairs []Pair
		if err := g.Where("run_id = ?", run).Order("id").Find(&pairs).Error; err != nil {
			return err
		}
		if err := s.checkPairs(g, pairs); err != nil {
			return err
		}
		now := s.now()
		for _, p := range pairs {
			offers = append(offers, Offer{
				ID: newID(now), RoundID: round, PairID: p.ID, MenteeID: p.MenteeID, MentorID: p.MentorID,
				State: OfferOffered, ExpiresAt: now.Add(answerTime), Version: 1,
			})
		}
		if len(offers) == 0 {
			return nil
		}
		return g.CreateInBatches(offers, batch).Error
	})
	if err != nil {
		return nil, err
	}
	return offers, nil
}

// checkPairs looks for pairs that must not be offered, or no longer.
func (s *Store) checkPairs(g *gorm.DB, pairs []Pair) error {
	people := map[string]*ProfileRow{}
	engaged := map[string]bool{}
	for part := range slices.Chunk(pairs, batch) {
		var ids []string
		for _, p := range part {
			ids = append(ids, p.MenteeID, p.MentorID)
		}
		var rows []ProfileRow
		if err := g.Where("id IN ?", ids).Find(&rows).Error; err != nil {
			return err
		}
		for i := range rows {
			people[rows[i].UID] = &rows[i]
		}
		var taken []string
		err := g.Model(&Offer{}).Where("mentee_id IN ? AND state IN ?", ids, append(slices.Clone(openOffers), OfferActive)).Pluck("mentee_id", &taken).Error
		if err != nil {
			return err
		}
		for _, id := range taken {
			engaged[id] = true
		}
	}
	for _, p := range pairs {
		mentee, mentor := people[p.MenteeID], people[p.MentorID]
		for _, one := range []*ProfileRow{mentee, mentor} {
			if one.State != ProfileWaiting || engaged[one.UID] {
				return &Error{Code: CodeConflict, Field: "pair", Key: "store.not_waiting", Args: map[string]any{"Person": one.Profile.ID}}
			}
		}
		if inConflict(&mentee.Profile, &mentor.Profile) {
			return conflictOf(&mentee.Profile, &mentor.Profile)
		}
	}
	return nil
}

// inConflict says whether two people must not be paired, by what their profiles say.
func inConflict(mentee, mentor *Profile) bool {
	return slices.Contains(mentee.Conflicts, mentor.ID) || slices.Contains(mentor.Conflicts, mentee.ID) ||
		mentee.Organization != "" && strings.EqualFold(mentee.Organization, mentor.Organization)
}

func conflictOf(mentee, mentor *Profile) error {
	return &Error{Code: CodeConflict, Field: "pair", Key: "store.conflict_of_interest", Args: map[string]any{"Pair": mentee.ID + " – " + mentor.ID}}
}

// Offer reads the offer of an id.
func (s *Store) Offer(ctx context.Context, id string) (*Offer, error) {
	var o Offer
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&o).Error
	return found(&o, "offer", err)
}

// OfferFor reads an offer for an account and says on which side of it the account is. A stranger's offer is not
// found, like one that does not exist.
func (s *Store) OfferFor(ctx context.Context, account, id string) (*Offer, Role, error) {
	o, err := s.Offer(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	var own []ProfileRow
	err = s.Gorm.WithContext(ctx).Where("account_id = ? AND id IN ?", account, []string{o.MenteeID, o.MentorID}).Find(&own).Error
	if err != nil {
		return nil, 0, failed("offer", err)
	}
	if len(own) == 0 {
		return nil, 0, missing("offer")
	}
	return o, own[0].Profile.Role, nil
}

// Offers reads the offers of a round, oldest first.
func (s *Store) Offers(ctx context.Context, round string, part ...Part) (all []Offer, err error) {
	err = oldest(s.Gorm.WithContext(ctx).Where("round_id = ?", round), part).Find(&all).Error
	return all, failed("offer", err)
}

// OffersOf reads the offers of profiles, on either side, newest first.
func (s *Store) OffersOf(ctx context.Context, profiles []string, part ...Part) (all []Offer, err error) {
	err = newest(s.Gorm.WithContext(ctx).Where("(mentee_id IN ? OR mentor_id IN ?)", profiles, profiles), part).Find(&all).Error
	return all, failed("offer", err)
}

// Engaged says who of a programme is spoken for: the mentees with an offer that waits for an answer, or a mentorship,
// and how many places of each mentor are promised by offers that wait.
func (s *Store) Engaged(ctx context.Context, programme string) (mentees map[string]bool, promised map[string]int, err error) {
	var offers []Offer
	err = s.Gorm.WithContext(ctx).Joins("JOIN rounds ON rounds.id = offers.round_id").
		Where("rounds.programme_id = ? AND offers.state IN ?", programme, append(slices.Clone(openOffers), OfferActive)).Find(&offers).Error
	mentees, promised = map[string]bool{}, map[string]int{}
	for _, o := range offers {
		mentees[o.MenteeID] = true
		if o.State != OfferActive { // that one is among the places used
			promised[o.MentorID]++
		}
	}
	return mentees, promised, failed("offer", err)
}

// Declined gives the pairs of a programme, mentee and mentor, of which somebody declined an offer.
func (s *Store) Declined(ctx context.Context, programme string) (pairs [][2]string, err error) {
	var offers []Offer
	err = s.Gorm.WithContext(ctx).Joins("JOIN rounds ON rounds.id = offers.round_id").
		Where("rounds.programme_id = ? AND offers.state = ?", programme, OfferDeclined).Order("offers.id").Find(&offers).Error
	for _, o := range offers {
		pairs = append(pairs, [2]string{o.MenteeID, o.MentorID})
	}
	return pairs, failed("offer", err)
}

// dropOffers ends the offers that wait for somebody who no longer takes part.
func (s *Store) dropOffers(g *gorm.DB, by Actor, profile string) error {
	var open []Offer
	if err := g.Where("state IN ? AND (mentee_id = ? OR mentor_id = ?)", openOffers, profile, profile).Order("id").Find(&open).Error; err != nil {
		return err
	}
	for i := range open {
		if err := s.moveOffer(g, by, &open[i], OfferSupersede, ""); err != nil {
			return err
		}
	}
	return nil
}

// acceptance is what each side's yes is called.
var acceptance = map[Role]OfferEvent{RoleMentee: OfferMenteeAccept, RoleMentor: OfferMentorAccept}

// AcceptOffer says yes for one side. The second yes makes the mentorship active and takes one of the mentor's places;
// open offers that this leaves without a person or a place are superseded. Of several who are after a last place
// exactly one gets it; the others are told that there is a conflict.
func (s *Store) AcceptOffer(ctx context.Context, by Actor, id string, side Role) (o *Offer, err error) {
	event, ok := acceptance[side]
	if !ok {
		return nil, fmt.Errorf("models: %s accepts nothing", side)
	}
	err = s.write(ctx, "offer", func(g *gorm.DB) error {
		var mentee, mentor *ProfileRow
		if o, mentee, mentor, err = lockOffer(g, id); err != nil {
			return err
		}
		if !o.ExpiresAt.After(s.now()) && slices.Contains(openOffers, o.State) {
			return &Error{Code: CodeConflict, Field: "state", Key: "store.expired"}
		}
		if slices.Contains(gone, mentee.State) || slices.Contains(gone, mentor.State) || inConflict(&mentee.Profile, &mentor.Profile) {
			return &Error{Code: CodeConflict, Field: "pair", Key: "store.not_possible"} // which of the two it is, is not told
		}
		if err := s.moveOffer(g, by, o, event, ""); err != nil || o.State != OfferActive {
			return err
		}
		return s.takePlace(g, by, o, mentor)
	})
	return found(o, "offer", err)
}

// lockOffer reads an offer with its two people, whom nobody else may change until the transaction ends. Whoever
// decides about offers locks the people first, in the order of their ids, so that no two wait for each other.
func lockOffer(g *gorm.DB, id string) (o *Offer, mentee, mentor *ProfileRow, err error) {
	o = &Offer{}
	if err := g.Where("id = ?", id).First(o).Error; err != nil {
		return nil, nil, nil, err
	}
	var people []ProfileRow
	if err := locked(g).Where("id IN ?", []string{o.MenteeID, o.MentorID}).Order("id").Find(&people).Error; err != nil {
		return nil, nil, nil, err
	}
	for i := range people {
		if people[i].UID == o.MenteeID {
			mentee = &people[i]
		} else {
			mentor = &people[i]
		}
	}
	return o, mentee, mentor, g.Where("id = ?", id).First(o).Error // as it is now that they are locked
}

// moveOffer takes an offer through one step, provided that nobody else took it meanwhile.
func (s *Store) moveOffer(g *gorm.DB, by Actor, o *Offer, event OfferEvent, reason string) error {
	to, err := o.State.Next(event)
	if err != nil {
		return err
	}
	now := s.now()
	done := g.Model(&Offer{}).Where("id = ? AND version = ?", o.ID, o.Version).
		Updates(map[string]any{"state": to, "reason": reason, "version": o.Version + 1, "updated_at": now})
	if errors.Is(done.Error, gorm.ErrDuplicatedKey) { // offers_one_active
		return &Error{Code: CodeConflict, Field: "mentee", Key: "store.already_paired", Err: done.Error}
	}
	if err := stale(g, done, &Offer{}, o.ID); err != nil {
		return err
	}
	details := map[string]any{"from": o.State, "to": to}
	o.State, o.Reason, o.Version, o.UpdatedAt = to, reason, o.Version+1, now
	return s.Audit(g, by, "offer."+string(event), "offers", o.ID, details)
}

// takePlace takes one of the mentor's places for an offer that became active, and supersedes what competes with it.
func (s *Store) takePlace(g *gorm.DB, by Actor, o *Offer, mentor *ProfileRow) error {
	done := g.Model(&ProfileRow{}).Where("id = ? AND used < capacity AND NOT paused", o.MentorID).
		Updates(map[string]any{"used": gorm.Expr("used + 1"), "version": gorm.Expr("version + 1"), "updated_at": s.now()})
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return &Error{Code: CodeConflict, Field: "mentor", Key: "store.no_place"}
	}
	full := mentor.Profile.Taken+1 >= mentor.Profile.Capacity
	var competing []Offer
	err := g.Where("state IN ? AND id <> ? AND (mentee_id = ? AND round_id = ? OR ? AND mentor_id = ?)",
		openOffers, o.ID, o.MenteeID, o.RoundID, full, o.MentorID).Order("id").Find(&competing).Error
	if err != nil {
		return err
	}
	for i := range competing {
		if err := s.moveOffer(g, by, &competing[i], OfferSupersede, ""); err != nil {
			return err
		}
	}
	return nil
}

// SettleRounds ends the published rounds whose offers are all decided, and says how many.
func (s *Store) SettleRounds(ctx context.Context) (n int, err error) {
	var due []string
	err = s.Gorm.WithContext(ctx).Model(&Round{}).
		Where("state = ? AND NOT EXISTS (SELECT 1 FROM offers WHERE offers.round_id = rounds.id AND offers.state IN ?)", RoundPublished, openOffers).
		Order("id").Pluck("id", &due).Error
	if err != nil {
		return 0, failed("round", err)
	}
	for _, id := range due {
		err := s.write(ctx, "round", func(g *gorm.DB) error {
			_, err := s.moveRound(g, "", id, RoundSettle, nil)
			return err
		})
		switch CodeOf(err) {
		case "":
			n++
		case CodeStale, CodeConflict: // somebody else was faster
		default:
			return n, err
		}
	}
	return n, nil
}

// DeclineReasons are why somebody may decline.
var DeclineReasons = []string{"too_busy", "not_my_field", "conflict", "language", "other"}

// DeclineOffer says no, for a reason; the other side is not told which.
func (s *Store) DeclineOffer(ctx context.Context, by Actor, id, reason string) (o *Offer, err error) {
	if !slices.Contains(DeclineReasons, reason) {
		return nil, invalid("reason", "store.bad_reason")
	}
	err = s.write(ctx, "offer", func(g *gorm.DB) error {
		if o, _, _, err = lockOffer(g, id); err != nil {
			return err
		}
		return s.moveOffer(g, by, o, OfferDecline, reason)
	})
	return found(o, "offer", err)
}

// ExpireOffers ends the offers whose time is over and gives them.
func (s *Store) ExpireOffers(ctx context.Context) (ended []Offer, err error) {
	var due []Offer
	err = s.Gorm.WithContext(ctx).Where("state IN ? AND expires_at <= ?", openOffers, s.now()).Order("id").Find(&due).Error
	if err != nil {
		return nil, failed("offer", err)
	}
	for i := range due {
		err := s.write(ctx, "offer", func(g *gorm.DB) error { return s.moveOffer(g, "", &due[i], OfferExpire, "") })
		switch CodeOf(err) {
		case "":
			ended = append(ended, due[i])
		case CodeStale: // somebody answered in the last moment
		default:
			return ended, err
		}
	}
	return ended, nil
}
