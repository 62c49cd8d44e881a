package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// demo runs the demonstration until it is ready, and gives what it said up to
// then; stop ends it as Ctrl+C does.
func demo(t *testing.T, args ...string) (said string, stop func() (code int, more string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	code := make(chan int, 1)
	var stderr strings.Builder
	go func() {
		code <- run(ctx, append([]string{"demo"}, args...), nil, strings.NewReader(""), in, &stderr)
		_ = in.Close() // it has no error
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said += lines.Text() + "\n"
		if regexp.MustCompile(`^(Ready|Listo|Prêt) `).MatchString(lines.Text()) {
			return said, func() (int, string) {
				cancel()
				more, err := io.ReadAll(out)
				if err != nil {
					t.Error(err)
				}
				return <-code, string(more)
			}
		}
	}
	cancel()
	return said + stderr.String(), func() (int, string) { return <-code, "" }
}

// TestDemo runs the demonstration in each language, opens its links as a
// browser does, and ends it: then nothing is left of it.
func TestDemo(t *testing.T) {
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\S+`)
	for _, c := range []struct {
		lang, pairs, match, asked, rounds string
	}{
		{"en", "282 pairs", "mentor", "Accept", "First round"},
		{"es", "282 duplas", "mentoría", "Aceptar", "Primera ronda"},
		{"fr", "282", "mentorat", "Accepter", "Première ronde"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			t.Setenv("TMP", temporary)
			said, stop := demo(t, "--lang", c.lang, "--port", "0")
			links := address.FindAllString(said, -1)
			if len(links) != 5 || !strings.Contains(said, c.pairs) || !strings.Contains(said, "9,412,101") && !strings.Contains(said, "9 412 101") && !strings.Contains(said, "9\u00a0412\u00a0101") {
				t.Fatalf("it said %s", said)
			}
			for i, want := range []string{c.match, c.asked, c.rounds, "OpenAPI", "Puente"} {
				jar, err := cookiejar.New(nil)
				if err != nil {
					t.Fatal(err)
				}
				client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
				res, err := client.Get(links[i])
				if err != nil {
					t.Fatal(err)
				}
				page, err := io.ReadAll(res.Body)
				if err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(page), want) && i != 3 {
					t.Errorf("%s: %d, no %q on it: %s", links[i], res.StatusCode, want, page)
				}
				client.CloseIdleConnections()
			}
			token := regexp.MustCompile(`\beyJ\S+`).FindString(said)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, links[4][:strings.LastIndex(links[4], "/"+c.lang)]+"/api/v1/me", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			if res, err := http.DefaultClient.Do(r); err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusOK {
				t.Errorf("the token: %v %v", res, err)
			}
			http.DefaultClient.CloseIdleConnections()
			if code, more := stop(); code != exitDone || more == "" {
				t.Errorf("exit %d, saying %q", code, more)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("left over: %v %v", left, err)
			}
		})
	}
}

// TestDemoKeep keeps a demonstration, and takes another port than the one that
// is taken.
func TestDemoKeep(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "kept")
	var config net.ListenConfig
	taken, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	said, stop := demo(t, "--keep", folder, "--port", port, "--seed", "5")
	first, _ := strconv.Atoi(port)
	if got := regexp.MustCompile(`Ready .*127\.0\.0\.1:(\d+)/`).FindStringSubmatch(said); got == nil || got[1] == port || !strings.Contains(said, folder) {
		t.Errorf("beside port %d it said %s", first, said)
	}
	if code, _ := stop(); code != exitDone {
		t.Errorf("exit %d", code)
	}
	if info, err := os.Stat(filepath.Join(folder, databaseFile)); err != nil || info.Size() == 0 {
		t.Errorf("nothing was kept: %v", err)
	}
	for name, args := range map[string][]string{
		"a folder that is not empty": {"--keep", folder}, "a file": {"--keep", filepath.Join(folder, databaseFile)}, "no port": {"--port", "65536"},
	} {
		said, stop := demo(t, args...)
		if code, _ := stop(); code == exitDone || said == "" {
			t.Errorf("%s: exit %d, saying %q", name, code, said)
		}
	}
}
