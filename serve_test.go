package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
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

// TestServeBreached refuses files that are no list of breached passwords, saying
// in three languages what, where and what to do, and serves with one that is.
func TestServeBreached(t *testing.T) {
	folder := t.TempDir()
	const hash = "0123456789ABCDEF0123456789ABCDEF01234567"
	for _, c := range []struct {
		name, text string
		says       map[string]string
	}{
		{"missing", "", map[string]string{"en": "cannot be read (", "es": "no se puede leer", "fr": "ne peut pas être lu ("}},
		{"folder", "", map[string]string{"en": "not a plain file", "es": "no es un archivo normal", "fr": "n'est pas un fichier ordinaire"}},
		{"empty", "", map[string]string{"en": "is empty. Download", "es": "está vacío. Descarga", "fr": "est vide. Téléchargez"}},
		{"cut off", strings.Repeat(hash+":1\n", 100) + hash[:30], map[string]string{"en": "byte 4,300 is no SHA-1", "es": "byte 4,300 no es un hash SHA-1", "fr": "l'octet 4 300 n'est pas un hachage SHA-1"}},
		{"not in order", "F" + hash[1:] + ":1\r\n" + hash + ":1\r\n", map[string]string{"en": "byte 44 comes after", "es": "byte 44 viene después", "fr": "l'octet 44 vient après"}},
	} {
		file := filepath.Join(folder, c.name)
		switch c.name {
		case "missing":
		case "folder":
			file = folder
		default:
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for lang, says := range c.says {
			t.Run(c.name+" in "+lang, func(t *testing.T) {
				var stderr strings.Builder
				data := filepath.Join(t.TempDir(), "data")
				code := run(t.Context(), []string{"serve", "--lang", lang, "--data", data}, []string{"PUENTE_BREACHED_PASSWORDS=" + file}, strings.NewReader(""), io.Discard, &stderr)
				said := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(stderr.String())
				if code != exitUsage || !strings.Contains(said, says) || !strings.Contains(said, file) || !strings.Contains(said, "--breached-passwords") {
					t.Errorf("exit %d: %s", code, said)
				}
				if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the data folder is there: %v", err)
				}
			})
		}
	}
	file := filepath.Join(folder, "list")
	sum := sha1.Sum([]byte("tortuga nube ladrillo correr"))
	if err := os.WriteFile(file, fmt.Appendf(nil, "%X:7\n", sum), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, "--data", t.TempDir(), "--breached-passwords", file)
	for password, want := range map[string]int{"tortuga nube ladrillo correr": http.StatusUnprocessableEntity, "tortuga nube ladrillo corre": http.StatusAccepted} {
		body := `{"role":"both","email":"lucia@example.org","password":"` + password + `","lang":"es","terms":true}`
		res, err := http.Post(s.url+"/api/v1/accounts", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil || res.StatusCode != want {
			t.Errorf("%q: %d %v", password, res.StatusCode, err)
		}
	}
	if code, _ := s.stop(); code != exitDone {
		t.Errorf("exit %d", code)
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
