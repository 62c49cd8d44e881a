// Command limits measures what a server of puente holds out against: many
// sign-ins at once, a large body, and clients that are slow on purpose. It
// builds the program, serves an empty store with it on this machine alone, and
// writes docs/bench/limits.md. A bound that does not hold is an error.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := flag.String("out", "docs/bench/limits.md", "file of the report")
	flag.Parse()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the program ends in any case
	}
}

// bound is one line of the report: a figure and what it may be at most.
type bound struct {
	what          string
	figure, limit float64
	unit          string
	note          string
}

// measures are made one after the other, each on a server of its own.
var measures = []func(context.Context, *server) ([]bound, error){signIns, largeBody, slowClients}

func run(ctx context.Context, out string) (err error) {
	folder, err := os.MkdirTemp("", "puente-limits-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	binary := filepath.Join(folder, "puente")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	var all []bound
	for k, measure := range measures {
		s, err := serve(ctx, binary, filepath.Join(folder, strconv.Itoa(k)))
		if err != nil {
			return err
		}
		bounds, err := measure(ctx, s)
		if err = errors.Join(err, s.stop()); err != nil {
			return err
		}
		all = append(all, bounds...)
	}
	if err := report(ctx, out, all); err != nil {
		return err
	}
	for _, b := range all {
		if b.figure > b.limit {
			err = errors.Join(err, fmt.Errorf("%s: %.4g %s, more than %.4g", b.what, b.figure, b.unit, b.limit))
		}
	}
	return err
}

// server is a server under measurement.
type server struct {
	command *exec.Cmd
	address string // host and port
}

var ready = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

// serve starts a server on an empty store. Each client's network is what it
// says in X-Forwarded-For, so that one machine can be many clients.
func serve(ctx context.Context, binary, data string) (*server, error) {
	s := &server{command: exec.CommandContext(ctx, binary, "serve", "--data", data, "--addr", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1/32")}
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	said, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if found := ready.FindStringSubmatch(lines.Text()); found != nil && !strings.Contains(lines.Text(), "/link/") {
			s.address = found[1]
			break
		}
	}
	if s.address == "" {
		return nil, errors.Join(errors.New("the server did not say where it is"), s.stop())
	}
	time.Sleep(settle)
	return s, nil
}

// now is the clock of all measures.
func now() time.Time { return time.Now() }

// settle is how long a server has to come to rest after its start.
const settle = 2 * time.Second

func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended
	return s.command.Wait()
}

// memory is the most memory that the server has held up to now, in MiB.
func (s *server) memory() (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(data), "VmHWM:")
	kib, err := strconv.ParseFloat(strings.TrimSpace(strings.SplitN(after, "kB", 2)[0]), 64)
	return kib / 1024, err
}
