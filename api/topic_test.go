package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestSuggestTopics(t *testing.T) {
	s, _ := newTestServer(nil)
	for _, c := range []struct {
		name, lang, body string
		status           int
		want             string
	}{
		{
			"title of the reader, words of the writer", "fr", `{"text":"Mi agente aduanal no contesta","lang":"es"}`, 200,
			`{"items":[{"id":"customs_clearance","title":"Dédouanement, courtiers et envois de faible valeur","words":["agente aduanal"]}]}`,
		},
		{"the reader's language", "es", `{"text":"La mula"}`, 200, `{"items":[]}`},
		{"no text", "en", `{"text":""}`, 200, `{"items":[]}`},
		{"one at most", "en", `{"text":"a trademark and a bank loan","limit":1}`, 200, `"id":"working_capital"`},
		{"as long as it may be", "en", `{"text":"` + strings.Repeat(`\u00e9`, 5000) + `"}`, 200, `{"items":[]}`},
		{"a character too long", "en", `{"text":"` + strings.Repeat(`é`, 5001) + `"}`, 422, "/body/text"},
		{"another language", "en", `{"text":"hej","lang":"sv"}`, 422, "/body/lang"},
		{"too many wanted", "en", `{"text":"hey","limit":11}`, 422, "/body/limit"},
		{"no body", "en", `{}`, 422, "/body"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(s, "POST", "/api/v1/topics/suggest", c.body, "Content-Type: application/json", "Accept-Language: "+c.lang)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s, want %d with %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
	w := ask(s, "POST", "/api/v1/topics/suggest", `{"text":"a trademark and a bank loan","limit":1}`, "Content-Type: application/json")
	var got SuggestedTopics
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || fmt.Sprint(got.Items) != "[{working_capital Working capital and bank loans [bank loan]}]" {
		t.Errorf("%v %+v", err, got)
	}
}
