package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"puente/matching/assign"
	"puente/script/instance"
)

//go:embed lemon/lemon.cc
var lemonSource []byte

//go:embed scipy_peer.py
var scipySource []byte

// bench is what all measurements share.
type bench struct {
	folder, python string
	self           string // this program
	install        bool
	runs           int
	out            io.Writer
	peers          []*peer
}

// peer is one way of solving, a command that is given the file, the algorithm
// and the number of runs.
type peer struct {
	key, title string
	largest    int // number of mentees it is given at most, 0 for any
	command    []string
	algorithm  string
	need       func(*bench, context.Context) error
	leftOut    string // why
}

// result is what a peer found on one instance.
type result struct {
	Title   string    `json:"peer"`
	Version string    `json:"version"`
	Total   int64     `json:"total"`
	Served  int64     `json:"served,omitempty"` // on the sides that are covered
	CPU     []float64 `json:"cpu"`              // seconds of each solve
	Seconds float64   `json:"seconds"`          // their median
	Peak    float64   `json:"peak"`             // megabytes of the process
	Ratio   float64   `json:"ratio"`            // to puente's seconds
}

// prepare builds and installs what the peers need; puente always comes first.
func (b *bench) prepare(ctx context.Context, only string) {
	var err error
	if b.self, err = os.Executable(); err != nil {
		b.self = os.Args[0]
	}
	lemon, scipy := filepath.Join(b.folder, "lemon"), filepath.Join(b.folder, "scipy_peer.py")
	peers := []*peer{
		{key: "puente", title: "puente", command: []string{b.self, "solve"}},
		{key: "ns", title: "LEMON network simplex", command: []string{lemon}, algorithm: "ns", need: (*bench).buildLemon},
		{key: "cs", title: "LEMON cost scaling", command: []string{lemon}, algorithm: "cs", need: (*bench).buildLemon},
		{key: "cap", title: "LEMON capacity scaling", command: []string{lemon}, algorithm: "cap", need: (*bench).buildLemon, largest: 1000},
		{key: "scipy", title: "scipy, sparse", command: []string{b.python, scipy}, algorithm: "sparse", need: (*bench).needScipy, largest: 1000},
		{key: "dense", title: "scipy, dense", command: []string{b.python, scipy}, algorithm: "dense", need: (*bench).needScipy, largest: 1000},
	}
	for k, p := range peers {
		if only != "" && k > 0 && !strings.Contains(","+only+",", ","+p.key+",") {
			continue
		}
		if p.need != nil {
			if err := p.need(b, ctx); err != nil {
				p.leftOut = err.Error()
				fmt.Fprintf(b.out, "%s is left out: %s\n", p.title, p.leftOut)
			}
		}
		b.peers = append(b.peers, p)
	}
}

func (b *bench) buildLemon(ctx context.Context) error {
	binary, source := filepath.Join(b.folder, "lemon"), filepath.Join(b.folder, "lemon.cc")
	if _, err := os.Stat(binary); err == nil {
		return nil
	}
	if err := os.WriteFile(source, lemonSource, 0o600); err != nil {
		return err
	}
	build := func() error {
		said, err := exec.CommandContext(ctx, "g++", "-O3", "-DNDEBUG", "-o", binary, source).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, said)
		}
		return nil
	}
	if build() == nil {
		return nil
	}
	if err := b.installs(ctx, "g++", "liblemon-dev"); err != nil {
		return err
	}
	return build()
}

func (b *bench) needScipy(ctx context.Context) error {
	if err := os.WriteFile(filepath.Join(b.folder, "scipy_peer.py"), scipySource, 0o600); err != nil {
		return err
	}
	has := func() error { return exec.CommandContext(ctx, b.python, "-c", "import scipy").Run() }
	if has() == nil {
		return nil
	}
	if err := b.installs(ctx, "python3-scipy"); err != nil {
		return err
	}
	return has()
}

// solve runs a peer in a process of its own, on one core.
func (b *bench) solve(ctx context.Context, p *peer, file string) (*result, error) {
	arguments := append(slices.Clone(p.command[1:]), file)
	if p.algorithm != "" {
		arguments = append(arguments, p.algorithm)
	}
	c := exec.CommandContext(ctx, p.command[0], append(arguments, strconv.Itoa(b.runs))...)
	c.Env = append(c.Environ(), "GOMAXPROCS=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	var said bytes.Buffer
	c.Stderr = &said
	text, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, said.String())
	}
	r := &result{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	r.Title = p.title
	sorted := slices.Sorted(slices.Values(r.CPU))
	r.Seconds = sorted[len(sorted)/2]
	return r, nil
}

// solveHere is what the process of puente does. Its solves include the check of
// the certificate.
func solveHere(ctx context.Context, file, runs string, out io.Writer) error {
	p, err := instance.Read(file)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(runs)
	if err != nil {
		return err
	}
	r := result{Version: "this commit"}
	for range n {
		debug.FreeOSMemory() // what is left of the solve before
		start, _ := usage()
		s, err := assign.Solve(ctx, p)
		if err != nil {
			return err
		}
		end, peak := usage()
		r.CPU, r.Peak, r.Total, r.Served = append(r.CPU, end-start), peak, s.Score, served(p.Cover, s)
		if end-start > 5 {
			break
		}
	}
	return json.NewEncoder(out).Encode(r)
}

// served counts those on the sides that are covered.
func served(c assign.Cover, s assign.Solution) (n int64) {
	if c == assign.CoverLeft || c == assign.CoverBoth {
		n += int64(s.Served[0])
	}
	if c == assign.CoverRight || c == assign.CoverBoth {
		n += int64(s.Served[1])
	}
	return n
}
