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
	"slices"
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
	stdinRead      bool
	inputs         []os.FileInfo // files read, so that none is written over
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
		if p.stdinRead {
			return nil, &usageError{errors.New(p.say("cli.stdin_twice", nil))}
		}
		p.stdinRead = true
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(name)
	if err == nil {
		info, e := f.Stat()
		p.inputs = append(p.inputs, info)
		if e == nil && info.IsDir() {
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
	p.clash(p.stderr, clash)
	return &stopped{exitInfeasible}
}

// clash says which demands nothing can meet together.
func (p *program) clash(w io.Writer, clash *jobs.Clash) {
	if clash.Rule != "" {
		args := map[string]any{"Mentee": clash.Must[0][0], "Mentor": clash.Must[0][1], "Rule": p.say("rule."+clash.Rule, nil)}
		fmt.Fprintln(w, p.say("clash.refused", args))
		return
	}
	if len(clash.Groups) > 0 || clash.Unsettled {
		p.groupClash(w, clash)
		return
	}
	fmt.Fprintln(w, p.say("clash.title", nil))
	if clash.Plans > 0 {
		fmt.Fprintln(w, p.say("clash.lottery", map[string]any{"Plans": clash.Plans}))
	}
	for _, id := range clash.Left {
		fmt.Fprintln(w, " ", p.say("clash.left", map[string]any{"ID": id}))
	}
	for _, id := range clash.Right {
		fmt.Fprintln(w, " ", p.say("clash.right", map[string]any{"ID": id}))
	}
	for _, m := range clash.Must {
		fmt.Fprintln(w, " ", p.say("clash.must", map[string]any{"Left": m[0], "Right": m[1]}))
	}
	for _, line := range p.words.Relaxations(clash) {
		fmt.Fprintln(w, line)
	}
}

// output is a file to be written; an empty name means that nobody asked for it.
type output struct {
	name string
	mode os.FileMode // 0 means that of the file that is there, or 0644
	data []byte

	target string // the name with links followed
	direct bool   // written to as it is
	temp   string // the temporary file, until it is renamed
}

// write writes all files or none: each goes to a temporary file beside its
// place, and only when all are whole are they renamed. A link is followed, the
// mode of a file that is there is kept, and what is no regular file (a pipe, a
// device) is written to as it is. "-" is standard output.
func (p *program) write(outputs ...output) (err error) {
	var files []*output
	for i := range outputs {
		o := &outputs[i]
		if o.name == "" {
			continue
		}
		if err := p.place(o); err != nil {
			return err
		}
		for _, other := range files {
			if other.target == o.target {
				return &usageError{errors.New(p.say("cli.same_output", map[string]any{"File": o.name}))}
			}
		}
		files = append(files, o)
	}
	defer func() {
		for _, o := range files {
			if o.temp != "" {
				err = errors.Join(err, os.Remove(o.temp))
			}
		}
	}()
	for _, o := range files {
		if o.direct {
			continue
		}
		if err := o.prepare(); err != nil {
			return err
		}
	}
	for _, o := range files {
		if err := p.finish(o); err != nil {
			return err
		}
	}
	return nil
}

// place finds out where an output goes: through links, and whether it can be
// replaced by renaming. A folder, or the folder missing, is refused before
// anything is written.
func (p *program) place(o *output) error {
	if o.target = o.name; o.name == "-" {
		o.direct = true
		return nil
	}
	if followed, err := filepath.EvalSymlinks(o.name); err == nil {
		o.target = followed
	} else if full, err := filepath.Abs(o.name); err == nil {
		o.target = full
	}
	if full, err := filepath.Abs(o.target); err == nil {
		o.target = full
	}
	detail := error(nil)
	info, err := os.Stat(o.target)
	switch {
	case err == nil && info.IsDir():
		detail = errors.New("is a directory")
	case err == nil && slices.ContainsFunc(p.inputs, func(in os.FileInfo) bool { return os.SameFile(in, info) }):
		return &usageError{errors.New(p.say("cli.input_output", map[string]any{"File": o.name}))}
	case err == nil && !info.Mode().IsRegular():
		o.direct = true
	case err == nil && o.mode == 0:
		o.mode = info.Mode().Perm()
	case errors.Is(err, fs.ErrNotExist):
		_, detail = os.Stat(filepath.Dir(o.target))
	}
	if path := (*fs.PathError)(nil); errors.As(detail, &path) {
		detail = path.Err
	}
	if detail != nil {
		return &usageError{errors.New(p.say("cli.unwritable", map[string]any{"File": o.name, "Detail": detail.Error()}))}
	}
	return nil
}

// prepare writes an output to a temporary file beside its place.
func (o *output) prepare() error {
	f, err := os.CreateTemp(filepath.Dir(o.target), ".puente-*")
	if err != nil {
		return err
	}
	o.temp = f.Name()
	if o.mode == 0 {
		o.mode = 0o644
	}
	_, err = f.Write(o.data)
	return errors.Join(err, f.Chmod(o.mode), f.Close())
}

// finish puts an output in its place.
func (p *program) finish(o *output) error {
	switch {
	case o.name == "-":
		_, err := p.stdout.Write(o.data)
		return err
	case o.direct:
		f, err := os.OpenFile(o.target, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(o.data)
		return errors.Join(err, f.Close())
	}
	err := os.Rename(o.temp, o.target)
	if err == nil {
		o.temp = ""
	}
	return err
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
