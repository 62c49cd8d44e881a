package models

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// OwnWords are what somebody wrote in her own words of the help that she wants or gives. They are kept apart from the
// profile, only while she agrees that a service outside turns them into a vector: a withdrawn consent deletes them, and
// so does the end of the profile.
type OwnWords struct {
	ProfileID  string `gorm:"primaryKey"`
	Words      string
	Model      string // that was asked for the vector last; "" before one was
	Vector     string // base64 of a number a byte; "" where there is none, also because the model refused the words
	CreatedAt  time.Time
	EmbeddedAt *time.Time
}

// TableName is the table of people's own words.
func (OwnWords) TableName() string { return "own_words" }

// MaxWords is how many characters somebody's own words have at most.
const MaxWords = 2000

// Vector is what a model made of somebody's own words: whole numbers of -128 to 127, a byte each.
type Vector struct {
	Model  string
	Values []byte
	At     time.Time // when it was stored
}

// WordsAgreement is the consent with which somebody gives her own words: to which text, in which language.
type WordsAgreement struct{ TextVersion, Lang string }

// SaveWords stores somebody's own words, with her consent that they are sent to whom the text of the version names. They
// replace earlier ones, whose vector is deleted with them. In the same transaction it calls then, if that is not nil, to
// ask for the vector. The same words under the same consent change nothing.
func (s *Store) SaveWords(ctx context.Context, by Actor, profile, words string, a WordsAgreement, then func(tx *sql.Tx) error) error {
	words = strings.TrimSpace(words)
	if n := len([]rune(words)); n == 0 || n > MaxWords {
		return invalid("words", "store.bad_text")
	}
	if err := cmp.Or(checkText(&OwnWords{Words: words}), checkText(&a)); err != nil {
		return err
	}
	return failed("own words", s.InTx(ctx, func(g *gorm.DB, tx *sql.Tx) error {
		if err := lockProfile(g, profile, &ProfileRow{}); err != nil {
			return err
		}
		var same int64
		err := g.Model(&OwnWords{}).Where("profile_id = ? AND words = ?", profile, words).Where(agreed, PurposeSimilarity, a.TextVersion).Count(&same).Error
		if err != nil || same > 0 {
			return err
		}
		if err := s.endConsent(g, profile, PurposeSimilarity); err != nil {
			return err
		}
		now := s.now()
		consent := Consent{ID: newID(now), ProfileID: profile, Purpose: PurposeSimilarity, TextVersion: a.TextVersion, Lang: a.Lang, GivenAt: now}
		if err := g.Create(&consent).Error; err != nil {
			return err
		}
		if err := g.Create(&OwnWords{ProfileID: profile, Words: words, CreatedAt: now}).Error; err != nil {
			return err
		}
		if err := s.touch(g, profile); err != nil {
			return err
		}
		if err := s.Audit(g, by, "consent.give", "profiles", profile, map[string]any{"purpose": PurposeSimilarity, "text": a.TextVersion}); err != nil {
			return err
		}
		if then == nil {
			return nil
		}
		return then(tx)
	}))
}

// agreed is the condition that a consent holds for somebody's own words: its purpose and text are to be given.
const agreed = "EXISTS (SELECT 1 FROM consents c WHERE c.profile_id = own_words.profile_id AND c.withdrawn_at IS NULL" +
	" AND c.purpose = ? AND c.text_version = ?)"

// touch marks a profile as changed, for those who follow changes, without a new version: what its form shows is the same.
func (s *Store) touch(g *gorm.DB, profile string) error {
	return g.Model(&ProfileRow{}).Where("id = ?", profile).UpdateColumn("updated_at", s.now()).Error
}

// Words reads somebody's own words and the version of the text that she agreed to.
func (s *Store) Words(ctx context.Context, profile string) (*OwnWords, string, error) {
	var w OwnWords
	if err := s.Gorm.WithContext(ctx).Where("profile_id = ?", profile).First(&w).Error; err != nil {
		return nil, "", failed("own words", err)
	}
	var c Consent
	err := s.Gorm.WithContext(ctx).Where("profile_id = ? AND purpose = ? AND withdrawn_at IS NULL", profile, PurposeSimilarity).First(&c).Error
	return &w, c.TextVersion, failed("own words", err)
}

// WordsWithoutVector reads at most n of the words that a model was not asked for yet, the oldest first: of people who
// agreed to a version of the text, and have not left.
func (s *Store) WordsWithoutVector(ctx context.Context, model, textVersion string, n int) (all []OwnWords, err error) {
	err = s.Gorm.WithContext(ctx).Where("model <> ?", model).Where(agreed, PurposeSimilarity, textVersion).
		Where("NOT EXISTS (SELECT 1 FROM profiles p WHERE p.id = own_words.profile_id AND p.state IN ?)", gone).
		Order("created_at, profile_id").Limit(n).Find(&all).Error
	return all, failed("own words", err)
}

// SaveVectors stores what a model made of words, as they were read; nil where it refused them. Words that were changed
// or withdrawn in the meantime are passed over.
func (s *Store) SaveVectors(ctx context.Context, model string, words []OwnWords, vectors [][]byte) error {
	order := make([]int, len(words))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(words[a].ProfileID, words[b].ProfileID) }) // as others lock them
	return s.write(ctx, "own words", func(g *gorm.DB) error {
		for _, i := range order {
			w, now := words[i], s.now()
			err := lockProfile(g, w.ProfileID, &ProfileRow{})
			if errors.Is(err, gorm.ErrRecordNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			done := g.Model(&OwnWords{}).Where("profile_id = ? AND words = ? AND created_at = ?", w.ProfileID, w.Words, w.CreatedAt).UpdateColumns(
				map[string]any{"model": model, "vector": base64.StdEncoding.EncodeToString(vectors[i]), "embedded_at": now})
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected > 0 {
				if err := s.touch(g, w.ProfileID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Vectors reads the vectors of a programme's people by code; of some of them, when codes are given.
// Cost: about two kilobytes a person.
func (s *Store) Vectors(ctx context.Context, programme string, codes ...string) (map[string]Vector, error) {
	var rows []struct {
		Code, Model, Vector string
		EmbeddedAt          time.Time
	}
	g := s.Gorm.WithContext(ctx).Table("own_words").Select("p.code, own_words.model, own_words.vector, own_words.embedded_at").
		Joins("JOIN profiles p ON p.id = own_words.profile_id").Where("p.programme_id = ? AND own_words.vector <> ''", programme)
	if len(codes) > 0 {
		g = g.Where("p.code IN ?", codes)
	}
	if err := g.Scan(&rows).Error; err != nil {
		return nil, failed("own words", err)
	}
	all := make(map[string]Vector, len(rows))
	for _, r := range rows {
		values, err := base64.StdEncoding.DecodeString(r.Vector)
		if err != nil {
			return nil, failed("own words", err)
		}
		all[r.Code] = Vector{r.Model, values, r.EmbeddedAt.UTC()}
	}
	return all, nil
}

// VectorStamp reads how many mentors of a programme have a vector, and when the last of them was stored, the zero time
// when none has.
func (s *Store) VectorStamp(ctx context.Context, programme string) (n int, last time.Time, err error) {
	var at []time.Time
	err = s.Gorm.WithContext(ctx).Table("own_words").Joins("JOIN profiles p ON p.id = own_words.profile_id").
		Where("p.programme_id = ? AND p.role = ? AND own_words.vector <> ''", programme, RoleMentor).
		Order("own_words.embedded_at DESC").Pluck("own_words.embedded_at", &at).Error
	if len(at) > 0 {
		last = at[0].UTC()
	}
	return len(at), last, failed("own words", err)
}
