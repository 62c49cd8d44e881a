package models

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Organization is a home organisation, which knows its people and answers for them.
type Organization struct {
	ID        string `gorm:"primaryKey"`
	Name      string
	Country   string // US, CA or MX
	Kind      string // a term of Vocabulary.OrganizationKinds; other when not given
	Version   int
	CreatedAt time.Time
}

// CreateOrganization stores an organisation and sets its id. A name that is taken in its country is a conflict.
func (s *Store) CreateOrganization(ctx context.Context, by Actor, o *Organization) error {
	o.ID, o.Version, o.Kind = newID(s.now()), 1, cmp.Or(o.Kind, KindOther)
	if err := cmp.Or(checkText(o), checkKind(o.Kind)); err != nil {
		return err
	}
	if err := tidyOwnName("name", &o.Name); err != nil {
		return err
	}
	return s.write(ctx, "organization", func(g *gorm.DB) error {
		if err := g.Create(o).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "organization.create", "organizations", o.ID, nil)
	})
}

// KindOther is the kind of home organisations of which nothing more is said.
const KindOther = "other"

func checkKind(kind string) error {
	if Vocabularies().OrganizationKind(kind) == 0 {
		return invalid("kind", "store.bad_kind")
	}
	return nil
}

// UpdateOrganization writes the name, country and kind of an organisation, provided that the stored version is still
// o.Version; otherwise the error is stale and nothing is written. A name that is taken in its country is a conflict.
func (s *Store) UpdateOrganization(ctx context.Context, by Actor, o *Organization) error {
	if err := cmp.Or(checkText(o), checkKind(o.Kind)); err != nil {
		return err
	}
	if err := tidyOwnName("name", &o.Name); err != nil {
		return err
	}
	change := *o // o must not change if the transaction fails
	change.Version++
	err := s.write(ctx, "organization", func(g *gorm.DB) error {
		done := g.Model(&Organization{}).Where("id = ? AND version = ?", o.ID, o.Version).Select("name", "country", "kind", "version").UpdateColumns(&change)
		if err := stale(g, done, &Organization{}, o.ID); err != nil {
			return err
		}
		return s.Audit(g, by, "organization.update", "organizations", o.ID, map[string]any{"version": change.Version})
	})
	if err == nil {
		*o = change
	}
	return err
}

// Organization reads the organisation of an id.
func (s *Store) Organization(ctx context.Context, id string) (*Organization, error) {
	var o Organization
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&o).Error
	return found(&o, "organization", err)
}

// OrganizationsPart reads organisations of a kind, "" for all, the oldest first.
func (s *Store) OrganizationsPart(ctx context.Context, kind string, part Part) (some []Organization, err error) {
	g := s.Gorm.WithContext(ctx)
	if kind != "" {
		g = g.Where("kind = ?", kind)
	}
	err = oldest(g, []Part{part}).Find(&some).Error
	return some, failed("organization", err)
}

// Organizations reads all organisations by name.
func (s *Store) Organizations(ctx context.Context) (all []Organization, err error) {
	err = s.Gorm.WithContext(ctx).Find(&all).Error
	slices.SortFunc(all, func(a, b Organization) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return all, failed("organization", err)
}

// Demographics says what a programme may use ownership answers for.
type Demographics string

// What ownership answers may be used for.
const (
	DemographicsOff         Demographics = "off"
	DemographicsAuditOnly   Demographics = "audit_only"
	DemographicsPreference  Demographics = "mentee_preference"
	DemographicsEligibility Demographics = "eligibility"
)

// Programme is what people join: its rounds share settings, language and rules.
type Programme struct {
	ID           string `gorm:"primaryKey"`
	Name         string
	Locale       string       // en, es or fr
	Demographics Demographics // audit_only when not given
	Countries    Countries    // all three when not given
	Settings     string       // JSON of the settings of its rounds; {} when not given
	Version      int
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// CreateProgramme stores a programme and sets its id. A name that is taken is a conflict.
func (s *Store) CreateProgramme(ctx context.Context, by Actor, p *Programme) error {
	p.ID, p.Version = newID(s.now()), 1
	if p.Demographics == "" {
		p.Demographics = DemographicsAuditOnly
	}
	if p.Settings == "" {
		p.Settings = "{}"
	}
	p.Countries = cmp.Or(p.Countries, everywhere)
	if !json.Valid([]byte(p.Settings)) {
		return invalid("settings", "store.bad_json")
	}
	if err := cmp.Or(checkText(p), checkCountries(p.Countries)); err != nil {
		return err
	}
	if err := tidyName("name", &p.Name); err != nil {
		return err
	}
	return s.write(ctx, "programme", func(g *gorm.DB) error {
		if err := g.Create(p).Error; err != nil {
			return err
		}
		return s.Audit(g, by, "programme.create", "programmes", p.ID, nil)
	})
}

// UpdateSettings writes a programme's settings, provided that the stored version is still p.Version; otherwise the error
// is stale and nothing is written. Rounds that are there keep theirs.
func (s *Store) UpdateSettings(ctx context.Context, by Actor, p *Programme) error {
	return s.updateProgramme(ctx, by, p, "programme.settings", "settings")
}

// UpdateProgramme is UpdateSettings for the name, the language, the countries and the use of ownership answers too. A name
// that is taken is a conflict. People of a country that is not served any more stay, see CountOutside.
func (s *Store) UpdateProgramme(ctx context.Context, by Actor, p *Programme) error {
	return s.updateProgramme(ctx, by, p, "programme.update", "name", "locale", "demographics", "countries", "settings")
}

func (s *Store) updateProgramme(ctx context.Context, by Actor, p *Programme, action string, columns ...string) error {
	if !json.Valid([]byte(p.Settings)) {
		return invalid("settings", "store.bad_json")
	}
	if err := cmp.Or(checkText(p), checkCountries(p.Countries)); err != nil {
		return err
	}
	change := *p // p must not change if the transaction fails
	change.Version, change.UpdatedAt = p.Version+1, s.now()
	details := map[string]any{"version": change.Version, "settings": json.RawMessage(p.Settings)}
	if len(columns) > 1 {
		if err := tidyName("name", &change.Name); err != nil {
			return err
		}
		details["locale"], details["demographics"], details["countries"] = p.Locale, p.Demographics, p.Countries.List()
	}
	err := s.write(ctx, "programme", func(g *gorm.DB) error {
		done := g.Model(&Programme{}).Where("id = ? AND version = ?", p.ID, p.Version).Select(append(columns, "version", "updated_at")).UpdateColumns(&change)
		if err := stale(g, done, &Programme{}, p.ID); err != nil {
			return err
		}
		return s.Audit(g, by, action, "programmes", p.ID, details)
	})
	if err == nil {
		*p = change
	}
	return err
}

// Programme reads the programme of an id.
func (s *Store) Programme(ctx context.Context, id string) (*Programme, error) {
	var p Programme
	err := s.Gorm.WithContext(ctx).Where("id = ?", id).First(&p).Error
	return found(&p, "programme", err)
}

// ProgrammesPart reads programmes, the oldest first.
func (s *Store) ProgrammesPart(ctx context.Context, part Part) (some []Programme, err error) {
	err = oldest(s.Gorm.WithContext(ctx), []Part{part}).Find(&some).Error
	return some, failed("programme", err)
}

// Programmes reads all programmes by name.
func (s *Store) Programmes(ctx context.Context) (all []Programme, err error) {
	err = s.Gorm.WithContext(ctx).Order("name, id").Find(&all).Error
	return all, failed("programme", err)
}

// Stamp is equal to an earlier one only if neither the programme nor any of its profiles in a role has changed since.
type Stamp struct {
	Programme int // version
	Profiles  int
	Versions  int    // sum of the profiles' versions
	Last      string // greatest id of a profile
}

// Stamp reads what tells whether the people of a programme in a role have changed.
func (s *Store) Stamp(ctx context.Context, programme string, role Role) (stamp Stamp, err error) {
	done := s.Gorm.WithContext(ctx).Raw(`SELECT p.version AS programme, count(f.id) AS profiles, coalesce(sum(f.version), 0) AS versions,
		coalesce(max(f.id), '') AS last
		FROM programmes p LEFT JOIN profiles f ON f.programme_id = p.id AND f.role = ? WHERE p.id = ? GROUP BY p.id, p.version`, role, programme).Scan(&stamp)
	if done.Error == nil && done.RowsAffected == 0 {
		return stamp, missing("programme")
	}
	return stamp, failed("programme", done.Error)
}
