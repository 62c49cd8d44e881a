package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"puente/config"
	"puente/jobs"
	"puente/models"
)

// program is what every command works with.
type program struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	words          jobs.Words
	config         config.Config
	source         *config.Source
	parsed         *kong.Context
	json           bool
}

// stopped ends a command whose trouble has been told.
type stopped struct{ code int }

func (s *stopped) Error() string { return fmt.Sprintf("exit %d", s.code) }

func (p *program) say(key string, args map[string]any) string { return p.words.Say(key, args) }

// line prints a message on standard output.
func (p *program) line(key string, args map[string]any) {
	fmt.Fprintln(p.stdout, p.say(key, args))
}

// object prints one JSON object on standard output.
func (p *program) object(v any) error {
	enc := json.NewEncoder(p.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// open opens an input file; "-" is standard input. A file that cannot be read
// is bad input.
func (p *program) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(name)
	if err == nil {
		if info, e := f.Stat(); e == nil && info.IsDir() {
			err = errors.Join(&fs.PathError{Op: "open", Path: name, Err: errors.New("is a directory")}, f.Close())
		}
	}
	if err != nil {
		detail := err
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			detail = path.Err
		}
		return nil, p.refuse(models.Problems{{File: name, Key: "cli.unreadable", Args: map[string]any{"Detail": detail.Error()}}})
	}
	return f, nil
}

// problemJSON is a problem as --json prints it.
type problemJSON struct {
	File    string `json:"file"`
	Row     int    `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	Code    string `json:"code"`
	Text    string `json:"text"`
	Warning bool   `json:"warning,omitempty"`
}

func (p *program) problem(m models.Problem) problemJSON {
	return problemJSON{m.File, m.Row, m.Column, m.Key, p.say(m.Key, m.Args), m.Warning}
}

// tell lists problems and warnings on standard error, each with its place.
func (p *program) tell(problems models.Problems) {
	for _, m := range problems {
		key := "cli.error"
		if m.Warning {
			key = "cli.warning"
		}
		fmt.Fprintf(p.stderr, "%s: %s: %s\n", m.Place(), p.say(key, nil), p.say(m.Key, m.Args))
	}
}

// refuse lists problems and returns the error that ends the command with exit
// code 3. Without an error among them it only lists warnings and returns nil.
func (p *program) refuse(problems models.Problems) error {
	errs := problems.Errors()
	if errs == 0 {
		p.tell(problems)
		return nil
	}
	if p.json {
		list := make([]problemJSON, len(problems))
		for i, m := range problems {
			list[i] = p.problem(m)
		}
		if err := p.object(map[string]any{"problems": list}); err != nil {
			return err
		}
	} else {
		p.tell(problems)
		fmt.Fprintln(p.stderr, p.say("cli.nothing_written", map[string]any{"Count": errs}))
	}
	return &stopped{exitBadInput}
}

// infeasible tells which demands clash and ends with exit code 4; other errors
// it passes on.
func (p *program) infeasible(err error) error {
	clash := jobs.ClashOf(err)
	if clash == nil {
		return err
	}
	if p.json {
		if err := p.object(map[string]any{"infeasible": clash}); err != nil {
			return err
		}
		return &stopped{exitInfeasible}
	}
	if clash.Rule != "" {
		args := map[string]any{"Mentee": clash.Must[0][0], "Mentor": clash.Must[0][1], "Rule": p.say("rule."+clash.Rule, nil)}
		fmt.Fprintln(p.stderr, p.say("clash.refused", args))
		return &stopped{exitInfeasible}
	}
	fmt.Fprintln(p.stderr, p.say("clash.title", nil))
	for _, id := range clash.Left {
		fmt.Fprintln(p.stderr, " ", p.say("clash.left", map[string]any{"ID": id}))
	}
	for _, id := range clash.Right {
		fmt.Fprintln(p.stderr, " ", p.say("clash.right", map[string]any{"ID": id}))
	}
	for _, m := range clash.Must {
		fmt.Fprintln(p.stderr, " ", p.say("clash.must", map[string]any{"Left": m[0], "Right": m[1]}))
	}
	return &stopped{exitInfeasible}
}

// output is a file to be written; an empty name means that nobody asked for it.
type output struct {
	name string
	mode os.FileMode // 0 means 0644
	data []byte
}

// write writes all files or none: each goes to a temporary file beside its
// place, and only when all are whole are they renamed. "-" is standard output.
func (p *program) write(outputs ...output) (err error) {
	temps := map[string]string{}
	defer func() {
		for _, temp := range temps {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	for _, o := range outputs {
		if o.name == "" || o.name == "-" {
			continue
		}
		if _, twice := temps[o.name]; twice {
			return &usageError{errors.New(p.say("cli.same_output", map[string]any{"File": o.name}))}
		}
		if temps[o.name], err = temporary(o); err != nil {
			return err
		}
	}
	for _, o := range outputs {
		switch {
		case o.name == "-":
			if _, err := p.stdout.Write(o.data); err != nil {
				return err
			}
		case o.name != "":
			if err := os.Rename(temps[o.name], o.name); err != nil {
				return err
			}
			delete(temps, o.name)
		}
	}
	return nil
}

// temporary writes an output beside its place and returns the file's name.
func temporary(o output) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(o.name), ".puente-*")
	if err != nil {
		return "", err
	}
	if o.mode == 0 {
		o.mode = 0o644
	}
	_, err = f.Write(o.data)
	err = errors.Join(err, f.Chmod(o.mode), f.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), err
}

// workers is how many goroutines rank.
func (p *program) workers() int {
	if p.config.Workers > 0 {
		return p.config.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// progress returns a function that shows how far a stage is, on standard error
// and only if that is a terminal; and one that clears the line.
func (p *program) progress() (show func(stage string, done, total int), end func()) {
	file, ok := p.stderr.(*os.File)
	terminal := false
	if ok {
		info, err := file.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.config.Progress == "never" || p.config.Progress == "auto" && !terminal {
		return nil, func() {}
	}
	var mu sync.Mutex
	var last time.Time
	show = func(stage string, done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			fmt.Fprintf(p.stderr, "\r\x1b[K%s %d/%d", p.say("progress."+stage, nil), done, total)
		}
	}
	return show, func() { fmt.Fprint(p.stderr, "\r\x1b[K") }
}
