package jobs

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"puente/models"
	"puente/script/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }

// stored is a programme of generated people who wait, and a round of it that
// is closed.
type stored struct {
	*models.Store
	People

	dsn       string
	programme models.Programme
	round     models.Round
}

// stores runs a test on both databases, each with a new, populated store.
func stores(t *testing.T, p Population, test func(t *testing.T, s *stored)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "puente.db")
			if kind == "postgres" {
				dsn = postgrestest.DSN(t)
			}
			test(t, populated(t, dsn, p))
		})
	}
}

func populated(t testing.TB, dsn string, p Population) *stored {
	t.Helper()
	ctx := context.Background()
	s := &stored{Store: openStore(t, dsn), dsn: dsn}
	_, err := s.Migrate(ctx)
	must(t, err)
	q, err := NewQueue(s.Store, QueueOptions{})
	must(t, err)
	_, err = q.Migrate(ctx)
	must(t, err)
	s = s.another(t, "Programa", p)
	s.round = s.closedRound(t, "1", "")
	return s
}

// another is one more programme of the same store, without a round.
func (s *stored) another(t testing.TB, name string, p Population) *stored {
	t.Helper()
	ctx := context.Background()
	s = &stored{Store: s.Store, dsn: s.dsn, programme: models.Programme{Name: name, Locale: "es"}}
	must(t, s.CreateProgramme(ctx, "", &s.programme))
	s.Mentors, s.Mentees = Generate(p)
	must(t, Populate(ctx, s.Store, "", s.programme.ID, s.Mentors, s.Mentees, models.ProfileWaiting))
	return s
}

// closedRound makes one more round.
func (s *stored) closedRound(t testing.TB, name, settings string) models.Round {
	t.Helper()
	r := models.Round{ProgrammeID: s.programme.ID, Name: name, Settings: settings, Start: "2027-01-04", Seed: 7}
	must(t, s.CreateRound(t.Context(), "", &r))
	for _, e := range []models.RoundEvent{models.RoundStart, models.RoundClose} {
		_, err := s.MoveRound(t.Context(), "", r.ID, e)
		must(t, err)
	}
	return r
}

// openStore opens a store that is closed with the test.
func openStore(t testing.TB, dsn string) *models.Store {
	t.Helper()
	s, err := models.Open(context.Background(), dsn, time.Now)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

// process is a queue as another process has it: with a store of its own on the
// same database. It is stopped with the test.
func (s *stored) process(t testing.TB, o QueueOptions) *Queue {
	t.Helper()
	q, err := NewQueue(openStore(t, s.dsn), o)
	must(t, err)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { must(t, q.Stop(context.Background())) })
	return q
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
