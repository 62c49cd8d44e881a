// Assign-peers solves the project's seeded assignment problems with the solver
// of this module and with others: LEMON's network simplex, cost scaling and
// capacity scaling, and scipy. It checks that all find the same total, measures
// the processor time of the solve alone on one core and the peak memory of the
// process, and writes docs/bench/assign.md and assign.json.
//
//	go run ./script/assign-peers -work real:10000,quality:10000
//
// What is not installed is installed from Debian's packages where that is
// possible, or left out with the reason.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"puente/script/instance"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// usual is every shape at its size, and the large rounds.
func usual() string {
	work := []string{"real:1000"}
	for _, s := range instance.Shapes {
		work = append(work, fmt.Sprintf("%s:%d", s.Name, s.Mentees))
	}
	return strings.Join(append(work, "real:30000", "real:100000", "uniform:100000", "balanced:100000", "slack:100000",
		"quotas:100000", "minimums:100000", "coverboth:100000", "chain:5000", "chain:200000"), ",")
}

func run(ctx context.Context, args []string, out io.Writer) error {
	switch {
	case len(args) == 3 && args[0] == "solve":
		return solveHere(ctx, args[1], args[2], out)
	case len(args) == 3 && args[0] == "make":
		return makeHere(args[1], args[2], out)
	}
	flags := flag.NewFlagSet("assign-peers", flag.ContinueOnError)
	work := flags.String("work", usual(), "instances, as shape:mentees with commas between them")
	only := flags.String("only", "", "peers to measure, with commas between them; all if empty")
	runs := flags.Int("runs", 5, "solves by each peer; the median counts, and one over five seconds is the last")
	python := flags.String("python", "/usr/bin/python3", "Python that has, or gets, Debian's scipy")
	install := flags.Bool("install", true, "install missing Debian packages")
	folder := flags.String("out", "docs/bench", "folder for the report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp("", "puente-assign-peers-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	b := &bench{folder: temporary, python: *python, install: *install, runs: *runs, out: out}
	b.prepare(ctx, *only)
	r := newReport(ctx, b)
	r.Date = time.Now().UTC().Format(time.DateOnly)
	for name := range strings.SplitSeq(*work, ",") {
		x, err := b.instance(ctx, name)
		if err != nil {
			return err
		}
		r.Instances = append(r.Instances, x)
		if err := r.write(*folder); err != nil { // a run that is broken off leaves what it has
			return err
		}
	}
	return nil
}

// instance makes one, in a process of its own, as the peak memory of a process
// counts that of the one that started it, and lets every peer solve it.
func (b *bench) instance(ctx context.Context, name string) (*measured, error) {
	file := filepath.Join(b.folder, "instance")
	c := exec.CommandContext(ctx, b.self, "make", name, file)
	c.Stderr = os.Stderr
	text, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("making %s: %w", name, err)
	}
	x := &measured{}
	if err := json.Unmarshal(text, x); err != nil {
		return nil, err
	}
	for _, peer := range b.peers {
		if peer.largest > 0 && x.Mentees > peer.largest || peer.leftOut != "" {
			continue
		}
		got, err := b.solve(ctx, peer, file)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", peer.title, name, err)
		}
		x.Results = append(x.Results, got)
		ours := x.Results[0]
		got.Ratio = got.Seconds / ours.Seconds
		fmt.Fprintf(b.out, "%-18s %-24s %9.4f s %7.1f times %8.1f MB  total %d\n", name, got.Title, got.Seconds, got.Ratio, got.Peak, got.Total)
		if got.Total != ours.Total || got.Served != ours.Served {
			return nil, errors.New("assign-peers: the totals or the numbers served differ")
		}
	}
	return x, nil
}

// makeHere writes an instance into a file and tells its size.
func makeHere(name, file string, out io.Writer) error {
	shape, size, _ := strings.Cut(name, ":")
	s, ok := instance.Find(shape)
	n, err := strconv.Atoi(size)
	if !ok || err != nil || n < 1 {
		return fmt.Errorf("assign-peers: no instance %q", name)
	}
	p := s.Make(n)
	x := &measured{Name: name, About: s.About, Mentees: n, Mentors: len(p.Right), Edges: p.Edges.Len()}
	for _, node := range p.Right {
		x.Places += node.Capacity
	}
	if err := instance.Write(file, p); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(x)
}

// installs puts Debian packages on this machine, if that is wanted and possible.
func (b *bench) installs(ctx context.Context, packages ...string) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || !b.install || os.Geteuid() != 0 {
		return fmt.Errorf("install %s", strings.Join(packages, " "))
	}
	c := exec.CommandContext(ctx, apt, append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...)...)
	c.Env = append(c.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get install %s: %w: %s", strings.Join(packages, " "), err, strings.TrimSpace(string(said)))
	}
	return nil
}
