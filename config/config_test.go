package config

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLoad(t *testing.T) {
	for _, c := range []struct {
		name    string
		environ []string
		file    string
		lang    string // the value found, with its origin
		errs    int
	}{
		{"nothing", nil, "", " default", 0},
		{"environment", []string{"PUENTE_LANG=es", "HOME=/"}, "", "es environment", 0},
		{"file", nil, `{"lang":"fr"}`, "fr file", 0},
		{"environment before file", []string{"PUENTE_LANG=es"}, `{"lang":"fr"}`, "es environment", 0},
		{"an empty variable is a value", []string{"PUENTE_LANG="}, `{"lang":"fr"}`, " environment", 0},
		{"the file's own variable", []string{"PUENTE_CONFIG=x.json"}, "", " default", 0},
		{"number in the file", nil, `{"workers":3}`, " default", 0},
		{"unknown ones are all told", []string{"PUENTE_LANGUAGE=es", "PUENTE_X=1"}, `{"b":1,"a":2}`, " default", 4},
		{"not JSON", nil, `lang=es`, " default", 1},
		{"a list", nil, `[]`, " default", 1},
		{"trailing text", nil, `{} {}`, " default", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Load(c.environ, strings.NewReader(orEmpty(c.file)))
			count := 0
			if list, ok := err.(interface{ Unwrap() []error }); ok {
				count = len(list.Unwrap())
			}
			if count != c.errs {
				t.Errorf("%d errors, want %d: %v", count, c.errs, err)
			}
			value, origin, _ := s.Lookup("lang")
			if got := value + " " + origin; got != c.lang {
				t.Errorf("lang is %q, want %q", got, c.lang)
			}
		})
	}
}

func orEmpty(file string) string {
	if file == "" {
		return "{}"
	}
	return file
}

func TestLoadUnreadable(t *testing.T) {
	want := errors.New("broken disk")
	if _, err := Load(nil, iotest.ErrReader(want)); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	s, err := Load([]string{"PUENTE_WORKERS=2"}, strings.NewReader(`{"database":"postgres://puente:hidden@db/puente"}`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, set := range s.Settings(Config{Lang: "fr", Workers: 2, Progress: "auto", Database: "postgres://puente:hidden@db/puente"}, func(name string) bool { return name == "lang" }) {
		got[set.Name] = set.Value + " " + set.Origin
	}
	for name, want := range map[string]string{
		"lang": "fr flag", "workers": "2 environment", "progress": "auto default", "database": "*** file", "secret": " default",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}
