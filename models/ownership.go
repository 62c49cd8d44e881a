package models

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Purpose is what somebody lets ownership answers be used for, or her own words. Each purpose is consented to, and kept,
// by itself.
type Purpose string

// The purposes.
const (
	PurposeMatching  Purpose = "matching"
	PurposeAudit     Purpose = "fairness_audit"
	PurposeReporting Purpose = "outcome_reporting"

	PurposeSimilarity Purpose = "similarity" // of own words only, see [OwnWords]
)

// Allows says whether answers about who owns a firm may be used for a purpose.
func (d Demographics) Allows(p Purpose) bool {
	return p != PurposeSimilarity && d != DemographicsOff && (d != DemographicsAuditOnly || p != PurposeMatching)
}

// Consent says which text somebody agreed to, in which language, from when until when.
type Consent struct {
	ID          string `gorm:"primaryKey"`
	ProfileID   string
	Purpose     Purpose
	TextVersion string
	Lang        string
	GivenAt     time.Time
	WithdrawnAt *time.Time // nil while it holds
}

// OwnershipAnswer is one answer about who owns a firm. It is never part of a profile, and nothing of it is stored in
// the clear but the question.
type OwnershipAnswer struct {
	ID        string `gorm:"primaryKey"`
	ProfileID string
	Purpose   Purpose
	Question  string
	Answer    Sealed
	CreatedAt time.Time
}

// ProfileKey seals one profile's answers and is itself sealed with the key of the installation.
type ProfileKey struct {
	ProfileID string `gorm:"primaryKey"`
	SealedKey Sealed
	CreatedAt time.Time
}

// Agreement is a consent as somebody gives it, with the answers that it covers, by question.
type Agreement struct {
	Purpose     Purpose
	TextVersion string
	Lang        string
	Answers     map[string]string
}

// SaveOwnership records a consent for one purpose with its answers; it replaces an earlier consent and the answers of
// that purpose. The answers are sealed with the profile's own key, which installation seals in turn.
func (s *Store) SaveOwnership(ctx context.Context, by Actor, installation Sealer, profile string, a Agreement) error {
	if err := checkText(&a); err != nil {
		return err
	}
	return s.write(ctx, "ownership answer", func(g *gorm.DB) error { return s.saveOwnership(g, by, installation, profile, a) })
}

// AddOwnership records what people have agreed to elsewhere, such as on paper, by profile: as SaveOwnership does, all
// or none. Whoever has a consent for the purpose on record, also one that was withdrawn, is passed over, so that
// nothing goes over what people have said here. It gives the number of those who were recorded.
func (s *Store) AddOwnership(ctx context.Context, by Actor, installation Sealer, agreements map[string]Agreement) (added int, err error) {
	for _, a := range agreements {
		if err := checkText(&a); err != nil {
			return 0, err
		}
	}
	err = s.write(ctx, "ownership answer", func(g *gorm.DB) error {
		for _, profile := range slices.Sorted(maps.Keys(agreements)) { // one order, so that no two wait for each other
			if err := lockProfile(g, profile, &ProfileRow{}); err != nil {
				return err
			}
			a, there := agreements[profile], int64(0)
			if err := g.Model(&Consent{}).Where("profile_id = ? AND purpose = ?", profile, a.Purpose).Count(&there).Error; err != nil {
				return err
			}
			if there > 0 {
				continue
			}
			if err := s.saveOwnership(g, by, installation, profile, a); err != nil {
				return err
			}
			added++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// saveOwnership records a consent in a transaction of the caller.
func (s *Store) saveOwnership(g *gorm.DB, by Actor, installation Sealer, profile string, a Agreement) error {
	if a.Purpose == PurposeSimilarity {
		return invalid("purpose", "store.refused")
	}
	keys, err := s.profileVault(g, installation, profile)
	if err != nil {
		return err
	}
	if err := s.endConsent(g, profile, a.Purpose); err != nil {
		return err
	}
	now := s.now()
	consent := Consent{ID: newID(now), ProfileID: profile, Purpose: a.Purpose, TextVersion: a.TextVersion, Lang: a.Lang, GivenAt: now}
	if err := g.Create(&consent).Error; err != nil {
		return err
	}
	for question, plain := range a.Answers {
		row := OwnershipAnswer{ID: newID(now), ProfileID: profile, Purpose: a.Purpose, Question: question, CreatedAt: now}
		if row.Answer, err = keys.Seal(answerPlace(row.ID), []byte(plain)); err != nil {
			return err
		}
		if err := g.Create(&row).Error; err != nil {
			return err
		}
	}
	return s.Audit(g, by, "consent.give", "profiles", profile, map[string]any{"purpose": a.Purpose, "text": a.TextVersion})
}

func answerPlace(id string) string { return "ownership_answers.answer#" + id }

// profileVault opens the key of a profile, or makes one with the first answers.
func (s *Store) profileVault(g *gorm.DB, installation Sealer, profile string) (*Vault, error) {
	var p ProfileRow
	if err := lockProfile(g, profile, &p); err != nil {
		return nil, err
	}
	keys, err := openProfileKey(g, installation, profile)
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return keys, err
	}
	key := newKey()
	row := ProfileKey{ProfileID: profile, CreatedAt: s.now()}
	if row.SealedKey, err = installation.Seal(keyPlace(profile), key); err != nil {
		return nil, err
	}
	if err := g.Create(&row).Error; err != nil {
		return nil, err
	}
	return NewVault(key)
}

func keyPlace(profile string) string { return "profile_keys.sealed_key#" + profile }

func openProfileKey(g *gorm.DB, installation Sealer, profile string) (*Vault, error) {
	var row ProfileKey
	if err := g.Where("profile_id = ?", profile).First(&row).Error; err != nil {
		return nil, err
	}
	key, err := installation.Open(keyPlace(profile), row.SealedKey)
	if err != nil {
		return nil, err
	}
	return NewVault(key)
}

// endConsent withdraws a consent that holds and deletes the answers, or the own words, that it covered.
func (s *Store) endConsent(g *gorm.DB, profile string, purpose Purpose) error {
	if err := g.Model(&Consent{}).Where("profile_id = ? AND purpose = ? AND withdrawn_at IS NULL", profile, purpose).
		Updates(map[string]any{"withdrawn_at": s.now()}).Error; err != nil {
		return err
	}
	if purpose == PurposeSimilarity {
		return g.Where("profile_id = ?", profile).Delete(&OwnWords{}).Error
	}
	return g.Where("profile_id = ? AND purpose = ?", profile, purpose).Delete(&OwnershipAnswer{}).Error
}

// WithdrawConsent ends a consent: its answers are deleted, and with the last of them the profile's key, so that copies
// of the answers elsewhere cannot be read either; of [PurposeSimilarity] the own words and their vector. Consents that
// ended stay on record.
func (s *Store) WithdrawConsent(ctx context.Context, by Actor, profile string, purpose Purpose) error {
	return s.write(ctx, "consent", func(g *gorm.DB) error {
		var p ProfileRow
		if err := lockProfile(g, profile, &p); err != nil {
			return err
		}
		if err := s.endConsent(g, profile, purpose); err != nil {
			return err
		}
		if purpose == PurposeSimilarity {
			if err := s.touch(g, profile); err != nil {
				return err
			}
		}
		var open int64 // of those that cover answers
		if err := g.Model(&Consent{}).Where("profile_id = ? AND purpose <> ? AND withdrawn_at IS NULL", profile, PurposeSimilarity).
			Count(&open).Error; err != nil {
			return err
		}
		if open == 0 {
			if err := g.Where("profile_id = ?", profile).Delete(&ProfileKey{}).Error; err != nil {
				return err
			}
		}
		return s.Audit(g, by, "consent.withdraw", "profiles", profile, map[string]any{"purpose": purpose})
	})
}

// Ownership opens the answers of one profile that a consent for the purpose covers, by question; empty when there is
// none. That it was read is written to the audit log.
func (s *Store) Ownership(ctx context.Context, by Actor, installation Sealer, profile string, purpose Purpose) (map[string]string, error) {
	all, err := s.openOwnership(ctx, by, installation, purpose, "profile_id = ?", profile)
	if answers := all[profile]; answers != nil || err != nil {
		return answers, err
	}
	return map[string]string{}, nil
}

// ProgrammeOwnership opens the answers of all profiles of a programme as Ownership does, by profile; those who have
// none are left out.
func (s *Store) ProgrammeOwnership(
	ctx context.Context, by Actor, installation Sealer, programme string, purpose Purpose,
) (map[string]map[string]string, error) {
	return s.openOwnership(ctx, by, installation, purpose, "profile_id IN (SELECT p.id FROM profiles p WHERE p.programme_id = ?)", programme)
}

// openOwnership opens the answers of some profiles that a consent for the purpose covers.
func (s *Store) openOwnership(
	ctx context.Context, by Actor, installation Sealer, purpose Purpose, which string, arg any,
) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	err := s.write(ctx, "ownership answer", func(g *gorm.DB) error {
		var rows []OwnershipAnswer
		err := g.Where("purpose = ? AND EXISTS (SELECT 1 FROM consents c WHERE c.profile_id = ownership_answers.profile_id"+
			" AND c.purpose = ownership_answers.purpose AND c.withdrawn_at IS NULL)", purpose).Where(which, arg).Order("profile_id").Find(&rows).Error
		if err != nil {
			return err
		}
		var keys *Vault // of the row's profile
		for _, row := range rows {
			if all[row.ProfileID] == nil {
				all[row.ProfileID] = map[string]string{}
				if keys, err = openProfileKey(g, installation, row.ProfileID); err != nil {
					return err
				}
				if err := s.Audit(g, by, "ownership.read", "profiles", row.ProfileID, map[string]any{"purpose": purpose}); err != nil {
					return err
				}
			}
			plain, err := keys.Open(answerPlace(row.ID), row.Answer)
			if err != nil {
				return err
			}
			all[row.ProfileID][row.Question] = string(plain)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Consents reads all consents of a profile, those that ended too, oldest first.
func (s *Store) Consents(ctx context.Context, profile string) (all []Consent, err error) {
	err = s.Gorm.WithContext(ctx).Where("profile_id = ?", profile).Find(&all).Error
	slices.SortFunc(all, func(a, b Consent) int { return a.GivenAt.Compare(b.GivenAt) })
	return all, failed("consent", err)
}

// openAnswers opens the answers of a copy for their owner, in place; without a sealer it leaves them out.
func openAnswers(g *gorm.DB, installation Sealer, x *Export) error {
	for _, r := range x.Tables["ownership_answers"] {
		if installation == nil {
			r["answer"] = nil
			continue
		}
		profile, _ := r["profile_id"].(string)
		id, _ := r["id"].(string)
		text, _ := r["answer"].(string)
		keys, err := openProfileKey(g, installation, profile)
		if err != nil {
			return err
		}
		plain, err := keys.Open(answerPlace(id), Sealed{text})
		if err != nil {
			return err
		}
		r["answer"] = string(plain)
	}
	return nil
}
