package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// started is the program while it serves.
type started struct {
	url  string
	stop func() (code int, said []string) // what it said after the address
}

// startServer starts the program on a free port, and waits until it serves.
func startServer(t *testing.T, args ...string) started {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	lines := make(chan string, 8)
	var stderr strings.Builder
	go func() {
		code <- run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--lang", "es"}, args...), nil, strings.NewReader(""), in, &stderr)
		_ = in.Close() // it has no error
	}()
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	stop := sync.OnceValues(func() (int, []string) {
		cancel()
		var said []string
		for line := range lines {
			said = append(said, line)
		}
		return <-code, said
	})
	first := <-lines
	url, ok := strings.CutPrefix(first, "Disponible en ")
	if !ok || !strings.HasPrefix(url, "http://127.0.0.1:") && !strings.HasPrefix(url, "http://localhost:") {
		code, _ := stop()
		t.Fatalf("it said %q, exit %d: %s", first, code, stderr.String())
	}
	t.Cleanup(func() { stop() })
	wait(t, url+"/readyz")
	return started{url, stop}
}

// wait waits until an address answers 200.
func wait(t interface{ Fatalf(string, ...any) }, address string) {
	var err error
	for range 200 {
		if err = ask(context.Background(), address); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: %v", address, err)
}

// TestServe asks the program as a browser and a program would, and stops it as
// Ctrl+C does.
func TestServe(t *testing.T) {
	s := startServer(t, "--data", t.TempDir())
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for _, path := range []string{"/healthz", "/readyz", "/api/docs", "/api/v1/openapi.json", "/api/v1/vocabularies"} {
		res, err := client.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v", path, res.StatusCode, err)
		}
	}
	if code, said := s.stop(); code != exitDone || said[len(said)-1] != "Detenido." {
		t.Errorf("exit %d; at the end it said %q", code, said)
	}
}

// TestServeNamed keeps the name localhost where it was asked for: browsers have
// passkeys for a name, and none for a number.
func TestServeNamed(t *testing.T) {
	for addr, want := range map[string]bool{"localhost:0": true, "127.0.0.1:0": false} {
		s := startServer(t, "--data", t.TempDir(), "--addr", addr)
		if host := "http://" + strings.TrimSuffix(addr, "0"); !strings.HasPrefix(s.url, host) {
			t.Errorf("%s: it says %s", addr, s.url)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/en/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil || strings.Contains(string(page), "/sign-in/passkey") != want {
			t.Errorf("%s: offers passkeys: %t, %v", addr, !want, err)
		}
		if code, said := s.stop(); code != exitDone || want && !strings.Contains(strings.Join(said, " "), "http://localhost:") {
			t.Errorf("%s: exit %d, it said %q", addr, code, said)
		}
	}
}

func TestServeRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"all addresses", []string{"--addr", ":0"}, "--plain-http"},
		{"any address", []string{"--addr", "0.0.0.0:0"}, "--plain-http"},
		{"a name", []string{"--addr", "puente.example:0"}, "--plain-http"},
		{"no port", []string{"--addr", "127.0.0.1"}, "127.0.0.1:8080"},
		{"no network", []string{"--trusted-proxies", "10.0.0.0/8,anyone"}, "anyone"},
		{"another database", []string{"--database", "mysql://root:hidden@db/puente"}, "postgres://"},
		{"a short secret", []string{"--secret", "c2VjcmV0"}, "32"},
		{"a secret of other letters", []string{"--secret", strings.Repeat("ñ", 64)}, "32"},
		{"a URL with a path", []string{"--url", "https://puente.example/here"}, "https://puente.example"},
		{"a URL with a query", []string{"--url", "https://puente.example?a"}, "https://puente.example"},
		{"a URL with a name", []string{"--url", "https://me@puente.example"}, "https://puente.example"},
		{"a URL without a scheme", []string{"--url", "puente.example"}, "https://puente.example"},
		{"a URL without a host", []string{"--url", "https://:443"}, "https://puente.example"},
		{"a URL of another scheme", []string{"--url", "ftp://puente.example"}, "https://puente.example"},
		{"a URL without encryption", []string{"--url", "http://puente.example"}, "https://puente.example"},
		{"a mail server without a sender", []string{"--smtp-host", "mail.example.org"}, "--mail-from"},
		{"two senders", []string{"--smtp-host", "mail.example.org", "--mail-from", "a@example.org,b@example.org"}, "--mail-from"},
		{"nobody to reply to", []string{"--smtp-host", "mail.example.org", "--mail-from", "a@example.org", "--mail-reply-to", "help"}, "--mail-reply-to"},
		{"mail that others read", []string{"--smtp-host", "mail.example.org", "--mail-from", "a@example.org", "--smtp-tls", "none"}, "--smtp-tls none"},
		{"a password without a user", []string{"--smtp-host", "mail.example.org", "--mail-from", "a@example.org", "--smtp-password", "hidden"}, "--smtp-user"},
		{"no port of a mail server", []string{"--smtp-host", "mail.example.org", "--mail-from", "a@example.org", "--smtp-port", "70000"}, "70000"},
		{"no way of TLS", []string{"--smtp-host", "mail.example.org", "--smtp-tls", "ssl"}, "--smtp-tls"},
		{"no form of a log", []string{"--log", "xml"}, "--log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			var stderr strings.Builder
			data := filepath.Join(t.TempDir(), "data")
			code := run(ctx, append([]string{"serve", "--data", data}, c.args...), nil, strings.NewReader(""), io.Discard, &stderr)
			if code != exitUsage || !strings.Contains(stderr.String(), c.says) || strings.Contains(stderr.String(), "hidden") {
				t.Errorf("exit %d: %s", code, stderr.String())
			}
			if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the data folder is there: %v", err)
			}
		})
	}
}

func TestOpenAPICommand(t *testing.T) {
	var stdout strings.Builder
	if code := run(t.Context(), []string{"openapi"}, nil, strings.NewReader(""), &stdout, io.Discard); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	var document struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal([]byte(stdout.String()), &document); err != nil || document.OpenAPI != "3.1.0" || len(document.Paths) == 0 {
		t.Errorf("%v %+v", err, document)
	}
}
