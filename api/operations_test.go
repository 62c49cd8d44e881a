package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puente/models"
)

func TestVocabularies(t *testing.T) {
	s, _ := newTestServer(nil)
	for lang, want := range map[string]string{"en": "Mexico", "es": "México", "fr": "Mexique"} {
		w := ask(s, "GET", "/api/v1/vocabularies", "", "Accept-Language: "+lang+"-CA, en;q=0.1")
		var got Vocabularies
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%d %v", w.Code, err)
		}
		v := models.Vocabularies()
		if got.Language != lang || got.Countries[2] != (Term{"MX", want, ""}) || got.Version != v.Version || w.Header().Get("Content-Language") != lang {
			t.Errorf("%s: %+v", lang, got.Countries)
		}
		for name, n := range map[string][2]int{
			"topics": {len(got.Topics), len(v.Topics)}, "regions": {len(got.Regions), len(v.Regions)}, "sectors": {len(got.Sectors), len(v.Sectors)},
			"groups": {len(got.Groups), len(v.Groups)}, "languages": {len(got.Languages), len(v.Languages)},
		} {
			if n[0] != n[1] || n[0] == 0 {
				t.Errorf("%s: %d %s, the vocabulary has %d", lang, n[0], name, n[1])
			}
		}
		again := ask(s, "GET", "/api/v1/vocabularies", "", "Accept-Language: "+lang, `If-None-Match: "x", `+w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != w.Header().Get("ETag") {
			t.Errorf("%s: %d with %d bytes", lang, again.Code, again.Body.Len())
		}
	}
	if w := ask(s, "GET", "/api/v1/vocabularies", "", "Accept-Language: fr", `If-None-Match: "vocabularies-1-en"`); w.Code != 200 {
		t.Errorf("another language's tag gave %d", w.Code)
	}
}

func TestVerifyOperation(t *testing.T) {
	s, _ := newTestServer(nil)
	round, err := os.ReadFile(filepath.Join("..", "matching", "verify", "testdata", "match.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, body, lang string
		status           int
		proven           bool
		says, place      string
	}{
		{"proven", string(round), "es", 200, true, "El certificado demuestra", ""},
		{"refuted", strings.Replace(string(round), `"seed":7`, `"seed":8`, 1), "fr", 200, false, "", ""},
		{"an object, no round", `{"a":1}`, "en", 422, false, "", "/body"},
		{"a fraction", strings.Replace(string(round), `"scoring":1`, `"scoring":1.5`, 1), "en", 422, false, "", "/body/engine"},
		{"a member too many", strings.Replace(string(round), `"scoring":1`, `"scoring":1, "canary-7f3a": 1`, 1), "en", 422, false, "", "/body/engine"},
		{"a member twice", strings.Replace(string(round), `"scoring":1`, `"scoring":1, "scoring":1`, 1), "en", 400, false, "", "/body/engine/scoring"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name != "proven" && c.name != "an object, no round" && c.body == string(round) {
				t.Fatal("the round was not changed")
			}
			w := ask(s, "POST", "/api/v1/assignments/verify", c.body, asJSON, "Accept-Language: "+c.lang)
			if w.Code != c.status {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if c.status != 200 {
				if p := readProblem(t, w); len(p.Errors) != 1 || p.Errors[0].Pointer != c.place || strings.Contains(p.Errors[0].Detail, canary) {
					t.Errorf("%+v", p)
				}
				return
			}
			var v Verification
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || v.Proven != c.proven || (len(v.Failures) == 0) != c.proven || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%v %s", err, w.Body)
			}
			if w.Header().Get("Content-Language") != c.lang {
				t.Errorf("language %s", w.Header().Get("Content-Language"))
			}
		})
	}
}

func TestDocument(t *testing.T) {
	s := New(Options{Log: nil, Version: "1.2.3"})
	data, err := Document("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.writeDocument(); err != nil || !bytes.Equal(data, again) {
		t.Error("the document differs from call to call")
	}
	var document map[string]any
	if err := json.Unmarshal(data, &document); err != nil || document["openapi"] != "3.1.0" {
		t.Errorf("%v %v", document["openapi"], err)
	}
	served, _ := newTestServer(nil)
	w := ask(served, "GET", "/api/v1/openapi.json", "")
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/openapi+json; charset=utf-8" || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	golden(t, "openapi.golden.json", string(data))
}

func BenchmarkVocabularies(b *testing.B) {
	s, _ := newTestServer(nil)
	for b.Loop() {
		ask(s, "GET", "/api/v1/vocabularies", "")
	}
}

func BenchmarkCheckJSON1MB(b *testing.B) {
	text := []byte(`[` + strings.Repeat(`{"left":"E-0001","right":"M-0001","score":41000},`, 20_000) + `{}]`)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := checkJSON(text, roundBounds); err != nil {
			b.Fatal(err)
		}
	}
}
