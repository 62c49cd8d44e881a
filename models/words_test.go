package models

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
)

var (
	thisText  = WordsAgreement{TextVersion: "1 embed.example.org", Lang: "es"}
	otherText = WordsAgreement{TextVersion: "1 other.example.org", Lang: "es"}
)

// waiting are the words that a model is to be asked for, by profile.
func waiting(t *testing.T, s *Store, model string, a WordsAgreement) (all []string) {
	t.Helper()
	rows, err := s.WordsWithoutVector(t.Context(), model, a.TextVersion, 100)
	must(t, err)
	for _, r := range rows {
		all = append(all, r.Words)
	}
	slices.Sort(all)
	return all
}

// TestOwnWords keeps words only with a consent, and gives to a model those that
// its consent names, until they have a vector.
func TestOwnWords(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 3, 2, 1)
		id := f.mentees[0].UID
		boom := errors.New("no job")
		if err := s.SaveWords(ctx, "", id, "x", thisText, func(*sql.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("got %v", err)
		}
		if _, _, err := s.Words(ctx, id); CodeOf(err) != CodeNotFound {
			t.Errorf("words without their job: %v", err)
		}
		asked := 0
		count := func(*sql.Tx) error { asked++; return nil }
		must(t, s.SaveWords(ctx, "", id, "  Mis cajas se quedan en la frontera. ñ\n", thisText, count))
		must(t, s.SaveWords(ctx, "", id, "Mis cajas se quedan en la frontera. ñ", thisText, count)) // the same
		must(t, s.SaveWords(ctx, "", f.mentees[1].UID, "Etiquetas en francés", otherText, count))
		must(t, s.SaveWords(ctx, "", f.mentors[0].UID, "I file customs entries.", thisText, count))
		if asked != 3 {
			t.Errorf("a vector was asked for %d times", asked)
		}
		if got := waiting(t, s, "m1", thisText); !slices.Equal(got, []string{"I file customs entries.", "Mis cajas se quedan en la frontera. ñ"}) {
			t.Errorf("for this service: %q", got)
		}
		if got := waiting(t, s, "m1", otherText); !slices.Equal(got, []string{"Etiquetas en francés"}) {
			t.Errorf("for the other: %q", got)
		}

		// vectors, of words that change, leave and are refused meanwhile
		rows, err := s.WordsWithoutVector(ctx, "m1", thisText.TextVersion, 100)
		must(t, err)
		before, err := s.LastChange(ctx, f.programme.ID)
		must(t, err)
		must(t, s.SaveWords(ctx, "", f.mentors[0].UID, "I file other entries.", thisText, nil))
		must(t, s.SaveVectors(ctx, "m1", append(rows, OwnWords{ProfileID: "gone", Words: "x"}), [][]byte{{1, 255}, {2, 254}, {3}}))
		all, err := s.Vectors(ctx, f.programme.ID)
		must(t, err)
		if v := all["E-1"]; len(all) != 1 || v.Model != "m1" || len(v.Values) != 2 || v.At.IsZero() {
			t.Errorf("vectors: %+v", all)
		}
		after, err := s.LastChange(ctx, f.programme.ID)
		must(t, err)
		row, err := s.Profile(ctx, id)
		must(t, err)
		if !after.After(before) || row.Version != 1 {
			t.Errorf("changed at %v, then %v; version %d", before, after, row.Version)
		}
		if got := waiting(t, s, "m1", thisText); !slices.Equal(got, []string{"I file other entries."}) {
			t.Errorf("still without: %q", got)
		}
		if got := waiting(t, s, "m2", thisText); len(got) != 2 {
			t.Errorf("for another model: %q", got)
		}
		rows, err = s.WordsWithoutVector(ctx, "m1", thisText.TextVersion, 100)
		must(t, err)
		must(t, s.SaveVectors(ctx, "m1", rows, [][]byte{nil})) // refused
		if got := waiting(t, s, "m1", thisText); len(got) > 0 {
			t.Errorf("asked again: %q", got)
		}
		if some, err := s.Vectors(ctx, f.programme.ID, "M-1", "E-2"); err != nil || len(some) > 0 {
			t.Errorf("a vector of refused words: %v %v", some, err)
		}

		// who leaves is not sent
		must(t, s.SaveWords(ctx, "", f.mentees[2].UID, "Ayuda", thisText, nil))
		_, err = s.MoveProfile(ctx, "", f.mentees[2].UID, ProfileWithdraw)
		must(t, err)
		if got := waiting(t, s, "m1", thisText); len(got) > 0 {
			t.Errorf("of somebody who left: %q", got)
		}

		// the end of consent is the end of words and vector
		must(t, s.WithdrawConsent(ctx, "", id, PurposeSimilarity))
		if _, _, err := s.Words(ctx, id); CodeOf(err) != CodeNotFound {
			t.Errorf("words outlived their consent: %v", err)
		}
		all, err = s.Vectors(ctx, f.programme.ID)
		must(t, err)
		consents, err := s.Consents(ctx, id)
		must(t, err)
		if len(all) > 0 || len(consents) != 1 || consents[0].WithdrawnAt == nil || consents[0].TextVersion != thisText.TextVersion {
			t.Errorf("vectors %v, consents %+v", all, consents)
		}
		_, text, err := s.Words(ctx, f.mentees[1].UID)
		must(t, err)
		if text != otherText.TextVersion {
			t.Errorf("agreed to %q", text)
		}
		must(t, s.Gorm.WithContext(ctx).Exec("DELETE FROM profiles WHERE id = ?", f.mentees[1].UID).Error)
		if _, _, err := s.Words(ctx, f.mentees[1].UID); CodeOf(err) != CodeNotFound {
			t.Errorf("words outlived their profile: %v", err)
		}
	})
}

// TestOwnWordsRefused gives what cannot be kept.
func TestOwnWordsRefused(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 1, 1, 1)
		id := f.mentees[0].UID
		for _, words := range []string{"", " \n", strings.Repeat("ñ", MaxWords+1), "a\x00b", "a\xff"} {
			wantCode(t, s.SaveWords(t.Context(), "", id, words, thisText, nil), CodeInvalid)
		}
		must(t, s.SaveWords(t.Context(), "", id, strings.Repeat("ñ", MaxWords), thisText, nil))
		wantCode(t, s.SaveWords(t.Context(), "", "nobody", "x", thisText, nil), CodeNotFound)
		wantCode(t, s.SaveWords(t.Context(), "", id, "x", WordsAgreement{"", "es"}, nil), CodeInvalid)
		vault, err := NewVault(newKey())
		must(t, err)
		wantCode(t, s.SaveOwnership(t.Context(), "", vault, id, Agreement{Purpose: PurposeSimilarity, TextVersion: "1", Lang: "es"}), CodeInvalid)
	})
}

// TestOwnWordsKeepNoKey withdraws the last consent to answers about owners of
// somebody whose words are stored: the key of the answers goes all the same.
func TestOwnWordsKeepNoKey(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 1, 1, 1)
		id := f.mentees[0].UID
		vault, err := NewVault(newKey())
		must(t, err)
		must(t, s.SaveWords(ctx, "", id, "Ayuda", thisText, nil))
		must(t, s.SaveOwnership(ctx, "", vault, id, Agreement{PurposeAudit, "1", "es", map[string]string{"q": "yes"}}))
		must(t, s.WithdrawConsent(ctx, "", id, PurposeAudit))
		var keys int64
		must(t, s.Gorm.Model(&ProfileKey{}).Count(&keys).Error)
		if _, _, err := s.Words(ctx, id); err != nil || keys != 0 {
			t.Errorf("%d keys, words: %v", keys, err)
		}
		for _, d := range []Demographics{DemographicsOff, DemographicsAuditOnly, DemographicsPreference, DemographicsEligibility} {
			if d.Allows(PurposeSimilarity) {
				t.Errorf("%s lets answers about owners be used for it", d)
			}
		}
	})
}

// TestOwnWordsMigrate takes the step back and again: consents of other purposes
// stay as they were.
func TestOwnWordsMigrate(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 1, 1, 1)
		id := f.mentees[0].UID
		vault, err := NewVault(newKey())
		must(t, err)
		must(t, s.SaveOwnership(ctx, "", vault, id, Agreement{PurposeAudit, "1", "fr", map[string]string{"q": "yes"}}))
		must(t, s.SaveWords(ctx, "", id, "Ayuda", thisText, nil))
		p, err := s.migrator()
		must(t, err)
		_, err = p.DownTo(ctx, 5)
		must(t, err)
		_, err = s.Migrate(ctx)
		must(t, err)
		consents, err := s.Consents(ctx, id)
		must(t, err)
		if len(consents) != 1 || consents[0].Purpose != PurposeAudit || consents[0].Lang != "fr" || consents[0].WithdrawnAt != nil {
			t.Errorf("%+v", consents)
		}
		wantCode(t, s.SaveOwnership(ctx, "", vault, "nobody", Agreement{PurposeAudit, "1", "fr", nil}), CodeNotFound)
	})
}
