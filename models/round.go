package models

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"gorm.io/gorm"
)

// Round is one matching of a programme: people join, runs propose pairs, one run is chosen and published as offers.
type Round struct {
	ID          string `gorm:"primaryKey"`
	ProgrammeID string
	Name        string // unique in its programme
	State       RoundState
	Settings    string // JSON
	Seed        int64  // not negative
	Start       string // first day, YYYY-MM-DD
	ChosenRun   *string
	Version     int
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// CreateRound stores a round as a draft and sets its id. Without settings of its own it takes those of its programme.
func (s *Store) CreateRound(ctx context.Context, by Actor, r *Round) error {
	r.ID, r.State, r.Version, r.ChosenRun = newID(s.now()), RoundDraft, 1, nil
	if _, err := time.Parse(time.DateOnly, r.Start); err != nil {
		return invalid("start", "store.bad_date")
	}
	if r.Settings != "" && !json.Valid([]byte(r.Settings)) {
		return invalid("settings", "store.bad_json")
	}
	if err := checkText(r); err != nil {
		return err
	}
	if err := tidyName("name", &r.Name); err != nil {
		return err
	}
	return s.write(ctx, "round", func(g *gorm.DB) error {
		var p Programme
		if err := g.Where("id = ?", r.ProgrammeID).First(&p).Error; err != nil {
			return err
		}
		if r.Settings == "" {
			r.Settings = p.Settings
		}
		if err := g.Create(r).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "round.create", "rounds", r.ID, nil)
	})
}

// Round reads the round of an id.
func (s *Store) Round(ctx context.Context, id string) (*Round, error) {
	var r Round
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&r).Error
	return found(&r, "round", err)
}

// Rounds reads the rounds of a programme, newest first.
func (s *Store) Rounds(ctx context.Context, programme string, part ...Part) (all []Round, err error) {
	err = newest(s.Gorm.WithContext(ctx).Where("programme_id = ?", programme), part).Find(&all).Error
	return all, failed("round", err)
}

// stepsOfStaff are the events that somebody causes by hand; the others follow from runs and offers.
var stepsOfStaff = map[RoundEvent]bool{RoundStart: true, RoundClose: true, RoundReview: true, RoundCancel: true, RoundArchive: true}

// MoveRound takes a round through a step that staff decides: open, close, review, cancel, archive.
func (s *Store) MoveRound(ctx context.Context, by Actor, id string, event RoundEvent) (r *Round, err error) {
	if !stepsOfStaff[event] {
		return nil, invalid("event", "store.wrong_event")
	}
	err = s.write(ctx, "round", func(g *gorm.DB) error {
		r, err = s.moveRound(g, by, id, event, nil)
		return err
	})
	return found(r, "round", err)
}

// moveRound takes a round through one step, with more columns to set, in a transaction of the caller.
func (s *Store) moveRound(g *gorm.DB, by Actor, id string, event RoundEvent, more map[string]any) (*Round, error) {
	var r Round
	if err := locked(g).Where("id = ?", id).First(&r).Error; err != nil {
		return nil, err
	}
	to, err := r.State.Next(event)
	if err != nil {
		return nil, err
	}
	change := map[string]any{"state": to, "version": r.Version + 1, "updated_at": s.now()}
	maps.Copy(change, more)
	done := g.Model(&Round{}).Where("id = ? AND version = ?", id, r.Version).Updates(change)
	if err := stale(g, done, &Round{}, id); err != nil {
		return nil, err
	}
	details := map[string]any{"from": r.State, "to": to}
	if run, chosen := more["chosen_run"]; chosen {
		details["run"] = run
	}
	if err := s.Audit(g, by, "round."+string(event), "rounds", id, details); err != nil {
		return nil, err
	}
	return &r, g.Where("id = ?", id).First(&r).Error
}
