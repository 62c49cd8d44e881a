package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestStatic(t *testing.T) {
	style := string(loadAssets().byPath[Asset("puente.css")].plain)
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		encoding, body             string
	}{
		{"plain", "GET", Asset("puente.css"), "", 200, "", style},
		{"gzip", "GET", Asset("puente.css"), "br, gzip;q=0.8", 200, "gzip", style},
		{"gzip refused", "GET", Asset("puente.css"), "gzip; q=0.0, br", 200, "", style},
		{"head", "HEAD", Asset("puente.css"), "", 200, "", ""},
		{"no such hash", "GET", "/static/puente.0123456789abcdef.css", "", 404, "", "404 page not found\n"},
		{"without a hash", "GET", "/static/puente.css", "", 404, "", "404 page not found\n"},
		{"post", "POST", Asset("puente.css"), "", 405, "", "Method Not Allowed\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, http.NoBody)
			r.Header.Set("Accept-Encoding", test.accept)
			w := httptest.NewRecorder()
			Static().ServeHTTP(w, r)
			body := w.Body.Bytes()
			if w.Header().Get("Content-Encoding") == "gzip" {
				body = unpacked(t, body)
			}
			if w.Code != test.status || w.Header().Get("Content-Encoding") != test.encoding || string(body) != test.body {
				t.Errorf("status %d, encoding %q, %d bytes", w.Code, w.Header().Get("Content-Encoding"), len(body))
			}
			if kept := strings.Contains(w.Header().Get("Cache-Control"), "immutable"); kept != (test.status == 200) {
				t.Errorf("Cache-Control %q", w.Header().Get("Cache-Control"))
			}
		})
	}
}

func unpacked(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestContrast wants enough contrast between the colours of the style that
// stand on each other, in the light theme and the dark one: 4.5 for text, 3
// for borders of fields and the mark of the focus.
func TestContrast(t *testing.T) {
	style := string(loadAssets().byPath[Asset("puente.css")].plain)
	light, dark, found := strings.Cut(style, "prefers-color-scheme: dark")
	if !found {
		t.Fatal("no dark theme")
	}
	dark, _, _ = strings.Cut(dark, "@layer reset")
	for theme, source := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(source, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range []struct {
			on   string
			text string
			want float64
		}{
			{"paper", "ink ink-2 brand brand-2 ok warn bad", 4.5},
			{"card", "ink ink-2 brand brand-2 ok warn bad", 4.5},
			{"sunk", "ink ink-2 brand", 4.5},
			{"brand", "on-brand", 4.5},
			{"brand-2", "on-brand", 4.5},
			{"brand-tint", "ink ink-2 brand brand-2", 4.5},
			{"ok-tint", "ink ok brand", 4.5},
			{"warn-tint", "ink warn brand", 4.5},
			{"bad-tint", "ink bad", 4.5},
			{"info-tint", "ink info brand", 4.5},
			{"band", "on-band on-band-2", 4.5},
			{"ink", "paper", 4.5},
			{"card", "line-strong focus", 3},
			{"paper", "line-strong focus", 3},
		} {
			for text := range strings.FieldsSeq(pair.text) {
				t.Run(fmt.Sprintf("%s %s on %s", theme, text, pair.on), func(t *testing.T) {
					if got := contrast(t, colours[text], colours[pair.on]); got < pair.want {
						t.Errorf("%.2f, want %.1f", got, pair.want)
					}
				})
			}
		}
	}
}

// contrast is the ratio that WCAG 2 defines, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	one, two := luminance(t, a), luminance(t, b)
	return (max(one, two) + .05) / (min(one, two) + .05)
}

func luminance(t *testing.T, colour string) (sum float64) {
	t.Helper()
	if len(colour) != 6 {
		t.Fatalf("no colour: %q", colour)
	}
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(n) / 255
		if part <= .04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}
