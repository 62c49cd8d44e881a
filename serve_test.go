package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestServe starts the program on a free port, asks it as a browser and a
// program would, and stops it as Ctrl+C does.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--lang", "es"}, nil, strings.NewReader(""), in, io.Discard)
		_ = in.Close() // it has no error
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "Disponible en http://127.0.0.1:") {
		t.Fatalf("it said %q", lines.Text())
	}
	url := strings.TrimPrefix(lines.Text(), "Disponible en ")
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for _, path := range []string{"/healthz", "/readyz", "/api/docs", "/api/v1/openapi.json", "/api/v1/vocabularies"} {
		res, err := client.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v", path, res.StatusCode, err)
		}
	}
	stop()
	if !lines.Scan() || lines.Text() != "Detenido." {
		t.Errorf("at the end it said %q", lines.Text())
	}
	if got := <-code; got != exitDone {
		t.Errorf("exit %d", got)
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
		{"no form of a log", []string{"--log", "xml"}, "--log"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			var stderr strings.Builder
			if code := run(ctx, append([]string{"serve"}, c.args...), nil, strings.NewReader(""), io.Discard, &stderr); code != exitUsage || !strings.Contains(stderr.String(), c.says) {
				t.Errorf("exit %d: %s", code, stderr.String())
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
