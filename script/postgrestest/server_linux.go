package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// privateCluster starts a PostgreSQL from installed binaries, with settings that win over those for tests.
func privateCluster(ctx context.Context, settings ...string) cluster {
	binaries, err := postgresBinaries()
	if err != nil {
		return cluster{err: err, stop: func() {}}
	}
	folder, err := os.MkdirTemp("/tmp", "puente-pg") // the name of a socket may have 107 bytes
	if err != nil {
		return cluster{err: err, stop: func() {}}
	}
	s := server{binaries: binaries, folder: folder}
	if err := s.start(ctx, settings); err != nil {
		return cluster{err: err, stop: s.stop}
	}
	return cluster{address: s.address, stop: s.stop}
}

// postgresBinaries finds the folder of initdb and postgres, the newest first.
func postgresBinaries() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(folders, func(a, b string) int {
		major := func(path string) int { n, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))); return n }
		return major(b) - major(a)
	})
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil {
				return folder, nil
			}
		}
	}
	return "", errors.New("initdb and postgres are neither in PATH nor below /usr/lib/postgresql")
}

// server is a private cluster: reached by a socket in its own folder only, nothing on the network, nothing kept.
type server struct {
	binaries, folder string
	process          *exec.Cmd
	ended            chan struct{} // closed when the process has ended
}

func (s *server) address(database string) string {
	return "postgres:///" + database + "?host=" + url.QueryEscape(s.folder) + "&user=postgres&sslmode=disable"
}

func (s *server) start(ctx context.Context, settings []string) error {
	var credential *syscall.Credential // as whom we are
	if os.Geteuid() == 0 {
		var err error
		if credential, err = postgresUser(); err != nil {
			return err
		}
		if err := os.Chown(s.folder, int(credential.Uid), int(credential.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.folder, "data")
	initdb := s.command(credential, "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-D", data, "-k", s.folder}
	for _, setting := range append([]string{
		"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100", "shared_buffers=64MB",
	}, settings...) {
		args = append(args, "-c", setting)
	}
	s.process = s.command(credential, "postgres", args...)
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	s.process.Stdout, s.process.Stderr = log, log
	s.ended = make(chan struct{})
	begun := make(chan error)
	go startWithParent(s.process, begun, s.ended)
	if err := <-begun; err != nil {
		return err
	}
	return s.wait(ctx)
}

// wait waits until the server answers.
func (s *server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.address("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.ended:
			log, _ := os.ReadFile(filepath.Join(s.folder, "log"))
			return fmt.Errorf("postgres ended: %w\n%s", err, log)
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server by its own process id and removes its folder.
func (s *server) stop() {
	if s.process != nil && s.process.Process != nil {
		if err := s.process.Process.Signal(syscall.SIGQUIT); err == nil {
			<-s.ended
		}
	}
	_ = os.RemoveAll(s.folder) // below /tmp
}

func (s *server) command(credential *syscall.Credential, name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.binaries, name), args...)
	c.Dir = s.folder
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: syscall.SIGQUIT}
	return c
}

// postgresUser is who the server runs as when we are root, whom PostgreSQL refuses.
func postgresUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// startWithParent starts a process from a thread that lives as long as it: the thread is the parent whose end ends it.
func startWithParent(c *exec.Cmd, begun chan<- error, ended chan<- struct{}) {
	runtime.LockOSThread()
	err := c.Start()
	begun <- err
	if err == nil {
		_ = c.Wait() // by the signal of stop
		close(ended)
	}
}
