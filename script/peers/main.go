// Peers does the same ranking with puente's engine and with other means: SQL
// of two kinds on PostgreSQL and SQLite, numpy, and FAISS. It compares the
// answers, measures the processor time, and writes docs/bench/peers.md,
// peers.json and peers.svg.
//
//	go run ./script/peers -mentors 20000 -mentees 2000
//
// Slow peers rank a sample of the mentees. What is not installed is installed
// from Debian's packages where that is possible, or left out with the reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"time"
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

// run measures what args ask for, tells on out how it goes, and writes the report.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("peers", flag.ContinueOnError)
	mentors := flags.Int("mentors", 20_000, "number of mentors")
	mentees := flags.Int("mentees", 2_000, "number of mentees")
	sample := flags.Int("sample", 20, "mentees that slow peers rank")
	k := flags.Int("k", 50, "mentors to find for each mentee")
	runs := flags.Int("runs", 3, "times that each peer ranks; the quickest counts")
	seed := flags.Uint64("seed", 1, "seed of the population")
	only := flags.String("only", "", "peers to measure, with commas between them; all if empty")
	python := flags.String("python", "/usr/bin/python3", "Python that has, or gets, Debian's packages")
	install := flags.Bool("install", true, "install missing Debian packages")
	folder := flags.String("out", published, "folder for the report")
	answers := flags.Bool("answers", false, "write puente's answers too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if min(*mentors, *mentees, *sample, *k, *runs) < 1 {
		return errors.New("peers: every number is at least 1")
	}
	temporary, err := os.MkdirTemp("", "puente-peers-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	w, err := newWork(*mentors, *mentees, *k, *seed)
	if err != nil {
		return err
	}
	b := &bench{work: w, runs: *runs, sample: min(*sample, *mentees), python: *python, folder: temporary, install: *install, now: time.Now}
	defer func() {
		if b.stop != nil {
			b.stop()
		}
	}()
	r := newReport(ctx, b)
	r.Date = b.now().UTC().Format(time.DateOnly)
	if r.Results, err = b.all(ctx, out, *only); r.Results == nil {
		return err
	}
	err = errors.Join(err, r.write(*folder))
	if *only == "" && *folder == published {
		err = errors.Join(err, r.summarize("README.md"))
	}
	if *answers {
		err = errors.Join(err, writeAnswers(*folder, r.Results[0]))
	}
	return err
}

// all measures the peers one after the other; puente always comes first.
func (b *bench) all(ctx context.Context, out io.Writer, only string) (results []*result, err error) {
	var vectors *result
	for _, p := range peers {
		if only != "" && len(results) > 0 && !strings.Contains(","+only+",", ","+p.key+",") {
			continue
		}
		r := &result{Key: p.key, Title: p.title, Mentees: len(b.mentees)}
		if p.slow {
			r.Mentees = b.sample
		}
		results = append(results, r)
		if err := p.measure(ctx, b, r); err != nil {
			if ctx.Err() != nil || len(results) == 1 {
				return nil, errors.Join(err, ctx.Err())
			}
			r.LeftOut = err.Error()
			fmt.Fprintf(out, "%-20s left out: %s\n", p.key, r.LeftOut)
			continue
		}
		b.finish(r, results[0])
		if r.Key == vectorsKey {
			vectors = r
		}
		fmt.Fprintf(out, "%-20s %9.1f ns a pair (to %.1f), %7.1f times puente's, %d of %d mentees differ\n",
			p.key, r.PerPair, r.Slowest, r.Ratio, r.Differ, r.Mentees)
		if r.Differ > 0 {
			err = errors.Join(err, fmt.Errorf("%s: %d of %d mentees get other mentors or scores", p.key, r.Differ, r.Mentees))
		}
	}
	for _, r := range results {
		if vectors != nil {
			r.Vectors = r.PerPair / vectors.PerPair
		}
	}
	return results, err
}

// installs puts Debian packages on this machine, if that is wanted and possible.
func (b *bench) installs(ctx context.Context, packages ...string) error {
	apt, err := exec.LookPath("apt-get")
	if err != nil || !b.install || runtime.GOOS != "linux" || os.Geteuid() != 0 {
		return fmt.Errorf("install %s", strings.Join(packages, " "))
	}
	c := exec.CommandContext(ctx, apt, append([]string{"install", "-y", "-qq", "--no-install-recommends"}, packages...)...)
	c.Env = append(c.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get install %s: %w: %s", strings.Join(packages, " "), err, lastLine(string(said)))
	}
	return nil
}
