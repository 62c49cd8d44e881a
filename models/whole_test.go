package models

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
)

// TestRunWholeOrNothing lets each write of a run's storing fail in turn: afterwards there is nothing of the run, and
// the same store can store it.
func TestRunWholeOrNothing(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		f := build(t, s, 2*batch+50, 10, 6)
		run, err := s.CreateRun(ctx, "", f.round.ID, nil)
		must(t, err)
		_, err = s.StartRun(ctx, run.ID)
		must(t, err)
		boom := errors.New("the write failed")
		var left atomic.Int64 // writes until one fails
		left.Store(1 << 40)
		fail := func(g *gorm.DB) {
			if left.Add(-1) == 0 {
				_ = g.AddError(boom)
			}
		}
		must(t, s.Gorm.Callback().Create().After("gorm:create").Register("test:fail", fail))
		must(t, s.Gorm.Callback().Update().After("gorm:update").Register("test:fail", fail))
		failures := int64(0)
		for k := int64(1); ; k++ {
			left.Store(k)
			err := s.FinishRun(ctx, run.ID, f.solved())
			if err == nil {
				break
			}
			if !errors.Is(err, boom) {
				t.Fatalf("write %d: %v", k, err)
			}
			failures = k
			if got := wholeness(t, s); got != "nothing" {
				t.Fatalf("after write %d failed: %s", k, got)
			}
		}
		if failures < 6 { // three batches of pairs, the run, the round, the log
			t.Errorf("only %d writes", failures)
		}
		if got := wholeness(t, s); got != "1 whole" {
			t.Errorf("in the end: %s", got)
		}
	})
}

// wholeness says what is stored of runs: "nothing", the number of whole ones, or what is half.
func wholeness(t testing.TB, s *Store) string {
	t.Helper()
	rows, err := s.SQL.Query(`SELECT r.state, r.pairs, (SELECT count(*) FROM pairs p WHERE p.run_id = r.id),
		(SELECT count(*) FROM audit_log a WHERE a.subject_id = r.id AND a.action = 'run.finish'), o.state
		FROM runs r JOIN rounds o ON o.id = r.round_id`)
	must(t, err)
	defer rows.Close()
	whole := 0
	for rows.Next() {
		var run, round string
		var said, pairs, logged int
		must(t, rows.Scan(&run, &said, &pairs, &logged, &round))
		switch {
		case run == string(RunFinished) && said == pairs && pairs > 0 && logged == 1 && round == string(RoundProposed):
			whole++
		case run != string(RunFinished) && said+pairs+logged == 0 && round == string(RoundSolving):
		default:
			return fmt.Sprintf("half: run %s with %d of %d pairs, %d log entries, round %s", run, pairs, said, logged, round)
		}
	}
	must(t, rows.Err())
	if whole == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d whole", whole)
}

// storingChild names the database of a process that stores runs until it is killed.
const storingChild = "PUENTE_TEST_STORE_RUNS_IN"

var kills = flag.Int("kills", 0, "how many times TestRunSurvivesKill kills the storing process; on each database; 0: as often as fits in three seconds")

// TestRunSurvivesKill kills a process with the signal that cannot be caught, at random moments while it stores runs:
// no run is ever half there, and none that the process had said to be stored is lost.
func TestRunSurvivesKill(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { testKill(t, newDSN(t, kind)) })
	}
}

func testKill(t *testing.T, dsn string) {
	seed := uint64(time.Now().UnixNano())
	chance := rand.New(rand.NewPCG(seed, 0))
	begin := time.Now()
	done, said := 0, 0
	for *kills == 0 && time.Since(begin) < 3*time.Second || done < *kills {
		said += storeUntilKilled(t, dsn, time.Duration(chance.Int64N(int64(15*time.Millisecond))))
		done++
		s := openStore(t, dsn)
		integrity := "ok"
		if !s.Postgres() {
			must(t, s.SQL.QueryRow("PRAGMA integrity_check").Scan(&integrity))
		}
		got := wholeness(t, s)
		var whole int
		_, _ = fmt.Sscanf(got, "%d whole", &whole)
		must(t, s.Close())
		if integrity != "ok" || strings.HasPrefix(got, "half") || whole < said {
			t.Fatalf("seed %d, kill %d: integrity %s; %s, %d were said to be stored", seed, done, integrity, got, said)
		}
		said = whole // one may have been stored without being said
	}
	t.Logf("%d kills, %d runs stored, none half, none lost", done, said)
}

// storeUntilKilled runs the storing process, kills it a moment after its first run, and counts the runs that it said
// were stored.
func storeUntilKilled(t *testing.T, dsn string, moment time.Duration) (said int) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), storingChild+"="+dsn)
	out, err := c.StdoutPipe()
	must(t, err)
	must(t, c.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			time.AfterFunc(moment, func() { _ = c.Process.Kill() })
			continue
		}
		if lines.Text() != "stored" {
			t.Errorf("the storing process: %s", lines.Text())
		}
		said++
	}
	_ = c.Wait() // killed
	return said
}

// storeForever is the process that is killed.
func storeForever(dsn string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	s, err := Open(ctx, dsn, time.Now)
	check(err)
	_, err = s.Migrate(ctx)
	check(err)
	p := Programme{Name: newID(s.now()), Locale: "en"}
	check(s.CreateProgramme(ctx, "", &p))
	f := fixture{Store: s, programme: p}
	for i := range 60 {
		person := func(role Role, letter string) *ProfileRow {
			return &ProfileRow{ProgrammeID: p.ID, Profile: Profile{Role: role, ID: fmt.Sprintf("%s-%d", letter, i), Capacity: 1, Reliability: -1}}
		}
		f.mentees, f.mentors = append(f.mentees, person(RoleMentee, "E")), append(f.mentors, person(RoleMentor, "M"))
	}
	check(s.SaveProfiles(ctx, "", f.mentees, nil))
	check(s.SaveProfiles(ctx, "", f.mentors, nil))
	fmt.Println("ready")
	for {
		r := Round{ProgrammeID: p.ID, Name: newID(s.now()), Start: "2027-01-04"}
		check(s.CreateRound(ctx, "", &r))
		_, err = s.MoveRound(ctx, "", r.ID, RoundStart)
		check(err)
		_, err = s.MoveRound(ctx, "", r.ID, RoundClose)
		check(err)
		run, err := s.CreateRun(ctx, "", r.ID, nil)
		check(err)
		_, err = s.StartRun(ctx, run.ID)
		check(err)
		check(s.FinishRun(ctx, run.ID, f.solved()))
		fmt.Println("stored")
	}
}
