package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"puente/models"
	"puente/script/postgrestest"
)

// asProgram makes the test binary the program itself.
const asProgram = "TEST_RUN_AS_PUENTE"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(withPostgres{m}, map[string]func(){"puente": main})
}

// withPostgres ends the PostgreSQL that tests started, after the last of them.
type withPostgres struct{ *testing.M }

func (m withPostgres) Run() int { return postgrestest.Run(m.M) }

// TestStories plays whole journeys on the command line.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			people, err := filepath.Abs("testdata/people")
			e.Setenv("PEOPLE", people)
			addr, e2 := freeAddress()
			e.Setenv("ADDR", addr)
			return errors.Join(err, e2)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serving": serving,
			"mode":    mode,
			"newer":   newer,
			"sql":     statement,
		},
	})
}

// freeAddress finds a port of this machine that nobody serves at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// serving waits until the program is ready at $ADDR.
func serving(ts *testscript.TestScript, _ bool, _ []string) {
	wait(ts, "http://"+ts.Getenv("ADDR")+"/readyz")
}

// mode MODE FILE... wants files of these permissions, where there are such.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] && runtime.GOOS != "windows" {
			ts.Fatalf("%s has mode %s, not %s", name, got, args[0])
		}
	}
}

// sql FOLDER STATEMENT does what somebody can who has the file of a database.
func statement(ts *testscript.TestScript, _ bool, args []string) {
	store, err := models.Open(context.Background(), ts.MkAbs(filepath.Join(args[0], databaseFile)), time.Now)
	ts.Check(err)
	_, err = store.SQL.ExecContext(context.Background(), args[1])
	ts.Check(errors.Join(err, store.Close()))
}

// newer FOLDER makes the database there that of a newer program.
func newer(ts *testscript.TestScript, _ bool, args []string) {
	store, err := models.Open(context.Background(), ts.MkAbs(filepath.Join(args[0], databaseFile)), time.Now)
	ts.Check(err)
	_, err = store.SQL.ExecContext(context.Background(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	ts.Check(errors.Join(err, store.Close()))
}

// puente runs the program in a process of its own.
func puente(t *testing.T, environ []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(append(os.Environ(), asProgram+"=1"), environ...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// shuffled copies a CSV file with its rows, and its columns, in another order.
func shuffled(t *testing.T, from, to string, seed uint64) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, seed))
	r.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
	order := r.Perm(len(rows[0]))
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		moved := make([]string, len(row))
		for i, o := range order {
			moved[i] = row[o]
		}
		if err := w.Write(moved); err != nil {
			t.Fatal(err)
		}
	}
	if w.Flush(); w.Error() != nil {
		t.Fatal(w.Error())
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestMatchDeterministic makes the same round of the same people in another
// row and column order, time zone, locale and number of processors, and wants
// the same bytes in every file.
func TestMatchDeterministic(t *testing.T) {
	dir := t.TempDir()
	type files struct{ pairs, ranked, round string }
	play := func(name, mentors, mentees string, environ ...string) (out files) {
		t.Helper()
		pairs, ranked, round := filepath.Join(dir, name+"p.csv"), filepath.Join(dir, name+"r.csv"), filepath.Join(dir, name+".json")
		_, stderr, code := puente(t, environ, "match", "--mentors", mentors, "--mentees", mentees, "--out", pairs, "--ranked", ranked, "--round", round)
		if code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		for _, f := range []struct {
			name string
			into *string
		}{{pairs, &out.pairs}, {ranked, &out.ranked}, {round, &out.round}} {
			data, err := os.ReadFile(f.name)
			if err != nil {
				t.Fatal(err)
			}
			*f.into = string(data)
		}
		return out
	}
	mentors, mentees := filepath.Join("testdata", "people", "mentors.csv"), filepath.Join("testdata", "people", "mentees.csv")
	want := play("first", mentors, mentees)
	m2, e2 := filepath.Join(dir, "m.csv"), filepath.Join(dir, "e.csv")
	shuffled(t, mentors, m2, 1)
	shuffled(t, mentees, e2, 2)
	for _, c := range []struct {
		name, mentors, mentees string
		environ                []string
	}{
		{"again", mentors, mentees, nil},
		{"another row and column order", m2, e2, nil},
		{"another time zone", mentors, mentees, []string{"TZ=Asia/Kathmandu"}},
		{"another locale", mentors, mentees, []string{"LANG=fr_CA.UTF-8", "LC_ALL=es_MX"}},
		{"one processor", mentors, mentees, []string{"GOMAXPROCS=1"}},
		{"many workers", m2, e2, []string{"GOMAXPROCS=8", "PUENTE_WORKERS=13", "TZ=America/St_Johns"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := play(strings.ReplaceAll(c.name, " ", ""), c.mentors, c.mentees, c.environ...); got != want {
				t.Error("the files differ")
			}
		})
	}
}

// TestEveryNumberIsSealed changes each number of a published round, one after
// the other on a sample of them, and wants verify to refute it by exit code 1.
func TestEveryNumberIsSealed(t *testing.T) {
	dir := t.TempDir()
	round := filepath.Join(dir, "round.json")
	people := filepath.Join("testdata", "people")
	if _, stderr, code := puente(t, nil, "match", "--mentors", filepath.Join(people, "mentors.csv"), "--mentees", filepath.Join(people, "mentees.csv"), "--round", round); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	data, err := os.ReadFile(round)
	if err != nil {
		t.Fatal(err)
	}
	numbers := regexp.MustCompile(`[^"\w-](\d+)[^"\w-]`).FindAllSubmatchIndex(data, -1)
	if len(numbers) < 1000 {
		t.Fatalf("only %d numbers found", len(numbers))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		at := numbers[r.IntN(len(numbers))]
		changed := bytes.Clone(data)
		changed[at[3]-1] = '0' + (changed[at[3]-1]-'0'+1)%10
		tampered := filepath.Join(dir, "tampered.json")
		if err := os.WriteFile(tampered, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		stdout, _, code := puente(t, nil, "verify", "--json", tampered)
		var result struct {
			Failures []struct{ Check, Where string }
		}
		if err := json.Unmarshal([]byte(stdout), &result); code != exitFailed || err != nil || len(result.Failures) == 0 {
			t.Errorf("number at byte %d changed: exit %d, %s", at[2], code, stdout)
		}
	}
}

// unsaid is a message key that was printed for want of words.
var unsaid = regexp.MustCompile(`(help|cli|usage)\.[a-z_]+`)

// TestHelpIsTranslated wants every help text of every command in three
// languages.
func TestHelpIsTranslated(t *testing.T) {
	commands := []string{"", "match", "assign", "check", "explain", "generate", "import", "verify", "serve", "migrate", "health", "openapi", "config", "version"}
	for _, lang := range []string{"en", "es", "fr"} {
		for _, command := range commands {
			args := strings.Fields(command + " --help --lang " + lang)
			stdout, stderr, code := puente(t, nil, args...)
			if code != exitDone || unsaid.MatchString(stdout) || strings.Contains(stdout, "${") || stderr != "" {
				t.Errorf("%v: exit %d\n%s%s", args, code, stdout, stderr)
			}
			if lang != "en" && (strings.Contains(stdout, "Usage:") || strings.Contains(stdout, "Show ")) {
				t.Errorf("%v: English words left:\n%s", args, stdout)
			}
		}
	}
}
