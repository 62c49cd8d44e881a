package jobs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// TestInventoryOfQueue wants the inventory to have the queue's tables too.
func TestInventoryOfQueue(t *testing.T) {
	stores(t, Population{}, func(t *testing.T, s *stored) {
		all, err := s.Gorm.Migrator().GetTables()
		must(t, err)
		queue := 0
		for _, table := range all {
			if strings.HasPrefix(table, "river_") {
				queue++
			}
			if !slices.ContainsFunc(models.Inventory, func(h models.Holding) bool { return h.Table == table }) && table != "sqlite_sequence" {
				t.Errorf("say in models/inventory.go what the table %s has of people", table)
			}
		}
		if queue < 4 {
			t.Errorf("%d tables of the queue", queue)
		}
	})
}

// erased gives a stored person an account and erases it. It gives the profile as it was.
func (s *stored) erased(t *testing.T, code string) *models.ProfileRow {
	t.Helper()
	ctx := t.Context()
	row, err := s.ProfileByCode(ctx, s.programme.ID, code)
	must(t, err)
	a := &models.Account{Email: row.UID + "@example.org", Role: models.AccountMentor, Lang: "es", VerifiedAt: new(s.Now())}
	must(t, s.CreateAccount(ctx, "", a))
	must(t, s.ClaimProfile(ctx, "", row.UID, a.ID))
	done, err := s.EraseAccount(ctx, "", a.ID, nil)
	if must(t, err); done.Before {
		t.Error("it was erased before")
	}
	return row
}

// TestAdvisorForgets erases mentors who are in an index: they are not suggested, and the index has nothing of them.
func TestAdvisorForgets(t *testing.T) {
	stores(t, Population{Mentors: 40, Mentees: 4, Seed: 3}, func(t *testing.T, s *stored) {
		a := NewAdvisor(s.Store)
		sameAdvice(t, a, s)
		made := a.programme(s.programme.ID).roster.Load()
		before := made.live.Len()
		for n := range 3 {
			row := s.erased(t, s.Mentors[10+n].ID)
			sameAdvice(t, a, s)
			_, named := made.people[row.Profile.ID]
			_, again := made.people["erased-"+row.UID]
			if named || again || made.live.Len() != before-n-1 || a.programme(s.programme.ID).roster.Load() != made {
				t.Errorf("the index still has %s, or was made anew: %d mentors", row.Profile.ID, made.live.Len())
			}
		}
	})
}

// TestErasedRun erases somebody of a finished run: its plan and the proof of it stay, byte for byte, and what it was made from
// is gone, which whoever asks is told.
func TestErasedRun(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		ctx := t.Context()
		run, err := s.CreateRun(ctx, "", s.round.ID, nil)
		must(t, err)
		_, err = RunNow(ctx, s.Store, run.ID, RunOptions{Workers: 2, Prove: proof})
		must(t, err)
		before := s.finished(t, run.ID)
		pairs, err := s.Pairs(ctx, run.ID)
		must(t, err)
		mentee, err := s.Profile(ctx, pairs[0].MenteeID)
		must(t, err)
		row := s.erased(t, mentee.Profile.ID)
		after := s.finished(t, run.ID)
		if after.Result != before.Result || after.SnapshotHash != before.SnapshotHash || after.Snapshot != models.ErasedSnapshot {
			t.Errorf("the run has another result, or a snapshot: %.80s", after.Snapshot)
		}
		must(t, proof([]byte(after.Result)))
		if strings.Contains(after.Result, row.Profile.Name) {
			t.Errorf("the result names %s", row.Profile.Name)
		}
		if _, err := Replay(ctx, after); !errors.Is(err, ErrErased) {
			t.Errorf("it was made again: %v", err)
		}
		if _, err := AskRun(ctx, after, adviceWords); !errors.Is(err, ErrErased) {
			t.Errorf("it was asked about: %v", err)
		}
		pair, err := s.Pair(ctx, pairs[0].ID)
		must(t, err)
		if pair.Lines != "[]" || pair.Score != pairs[0].Score {
			t.Errorf("%+v", pair)
		}
		// The next run goes on without her.
		next, err := s.CreateRun(ctx, "", s.round.ID, nil)
		must(t, err)
		m, err := RunNow(ctx, s.Store, next.ID, RunOptions{Workers: 2, Prove: proof})
		must(t, err)
		if len(m.Snapshot.Mentees) != len(s.Mentees)-1 {
			t.Errorf("%d mentees", len(m.Snapshot.Mentees))
		}
	})
}

// TestUpkeepForgets wants what was erased to be gone from a SQLite's files once they are looked after, also while others read.
func TestUpkeepForgets(t *testing.T) {
	ctx := t.Context()
	s := populated(t, filepath.Join(t.TempDir(), "puente.db"), fewPeople)
	row := s.erased(t, s.Mentors[0].ID)
	q, err := NewQueue(s.Store, QueueOptions{})
	must(t, err)
	look := func() (log int64) {
		t.Helper()
		must(t, (&upkeepWorker{queue: q}).Work(ctx, nil))
		info, err := os.Stat(s.dsn + "-wal")
		must(t, err)
		return info.Size()
	}
	t.Run("somebody reads", func(t *testing.T) {
		rows, err := s.SQL.QueryContext(ctx, "SELECT id FROM profiles")
		must(t, err)
		defer rows.Close()
		if !rows.Next() {
			t.Fatal("nobody is there")
		}
		began := time.Now()
		if look() == 0 || time.Since(began) > 3*time.Second {
			t.Errorf("the log that somebody reads was emptied, or waited for, in %v", time.Since(began))
		}
		must(t, rows.Err())
	})
	if n := look(); n > 0 {
		t.Errorf("the log has %d bytes", n)
	}
	data, err := os.ReadFile(s.dsn)
	must(t, err)
	if bytes.Contains(data, []byte(row.Profile.Name)) || bytes.Contains(data, []byte(row.UID+"@example.org")) {
		t.Error("what was erased is still in the file")
	}
	if !bytes.Contains(data, []byte(s.Mentors[1].Name)) {
		t.Error("somebody else is gone too")
	}
}
