package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestErrorKeys looks for every message key of the store in the three languages, and for messages that none uses.
func TestErrorKeys(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	must(t, err)
	used := map[string]bool{}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, m := range regexp.MustCompile(`"(store\.[a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
		}
	}
	for _, lang := range languages {
		data, err := os.ReadFile(filepath.Join("..", "web", "messages", "store."+lang+".json"))
		must(t, err)
		var texts map[string]string
		must(t, json.Unmarshal(data, &texts))
		for key := range used {
			if texts[key] == "" {
				t.Errorf("%s: no message %s", lang, key)
			}
		}
		for key := range texts {
			if !used[key] {
				t.Errorf("%s: nothing says %s", lang, key)
			}
		}
	}
}

func TestCodeOf(t *testing.T) {
	own := &Error{Code: CodeStale, Field: "version", Key: "store.stale", Err: errors.New("cause")}
	for _, c := range []struct {
		err  error
		want ErrorCode
	}{{nil, ""}, {errors.New("unknown"), CodeInternal}, {own, CodeStale}, {fmt.Errorf("wrapped: %w", own), CodeStale}} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
	if got, want := own.Error(), "stale: store.stale (version): cause"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
