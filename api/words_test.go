package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"puente/jobs"
	"puente/models"
)

// embedder is a service of embeddings that has the same vector for every text.
func embedder(t *testing.T) (*jobs.Embeddings, string) {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Input []string `json:"input"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		var vectors []string
		for i := range in.Input {
			vectors = append(vectors, fmt.Sprintf(`{"index":%d,"embedding":[0.6,0.8]}`, i))
		}
		fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(vectors, ","))
	}))
	t.Cleanup(service.Close)
	e, err := jobs.NewEmbeddings(service.URL, "m", "")
	must(t, err)
	return e, strings.TrimPrefix(service.URL, "http://")
}

// TestOwnWords writes one's own words by the interface, and takes them back.
func TestOwnWords(t *testing.T) {
	onBoth(t, func(t *testing.T, off *installation) {
		service, host := embedder(t)
		i := *off
		i.Server = withEmbeddings(t, off, service)
		staff := i.withRole(models.AccountStaff, "sam@example.org")
		programme := i.withRole(models.AccountAdmin, "ada@example.org").call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		p := i.signUp("entrepreneur", "lucia@example.org", "es")
		at := p.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia}).w.Header().Get("Location") + "/words"
		empty := p.call(200, "GET", at, nil)
		agree := "1 " + host
		if empty.text("text") != "" || empty.text("agree_to") != agree || empty.text("agreed_to") != "" || empty.text("service") != host {
			t.Errorf("before: %s", empty.w.Body)
		}
		for pointer, body := range map[string]object{
			"/body/agreed_to": {"text": "Etiquetas", "agreed_to": "1 elsewhere.example.org"},
			"/body/text":      {"text": " ", "agreed_to": agree},
		} {
			if got := p.call(422, "PUT", at, body, "If-Match: "+p.tag(at)); got.text("errors.0.pointer") != pointer || !strings.Contains(got.text("errors.0.detail"), "texto") {
				t.Errorf("%s: %s", pointer, got.w.Body)
			}
		}
		p.call(422, "PUT", at, object{"text": strings.Repeat("ñ", 2001), "agreed_to": agree})
		p.call(422, "PUT", at, object{"text": "Etiquetas"})
		p.call(428, "PUT", at, object{"text": "x", "agreed_to": agree})
		saved := p.call(200, "PUT", at, object{"text": "Etiquetas en francés\npara Quebec", "agreed_to": agree}, "If-Match: "+p.tag(at))
		read := saved.w.Header().Get("ETag")
		if saved.text("text") != "Etiquetas en francés\npara Quebec" || saved.text("agreed_to") != agree {
			t.Errorf("saved: %s", saved.w.Body)
		}
		staff.call(404, "GET", at, nil) // they are nobody else's
		for deadline := time.Now().Add(20 * time.Second); p.call(200, "GET", at, nil).text("compared") != "true"; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("there is no vector: %s", i.log)
			}
		}
		elsewhere := person{off, p.token, "fr"} // the same store, without a service
		if got := elsewhere.call(409, "PUT", at, object{"text": "x", "agreed_to": agree}); !strings.Contains(got.text("detail"), "Les textes ne sont pas comparés") {
			t.Errorf("without a service: %s", got.w.Body)
		}
		p.call(412, "DELETE", at, nil, `If-Match: "x"`)
		elsewhere.call(204, "DELETE", at, nil, "If-Match: "+read) // the vector that came since is no change of the text
		p.call(204, "DELETE", at, nil, "If-Match: "+p.tag(at))
		if gone := p.call(200, "GET", at, nil); gone.text("text") != "" || gone.text("compared") != "false" {
			t.Errorf("after: %s", gone.w.Body)
		}
		if strings.Contains(i.log.String(), "Etiquetas") {
			t.Error("the log holds somebody's words")
		}
	})
}

// withEmbeddings is another server on an installation's store, with a service.
func withEmbeddings(t *testing.T, i *installation, e *jobs.Embeddings) *Server {
	t.Helper()
	q, err := jobs.NewQueue(i.Store, jobs.QueueOptions{Workers: 1, Embeddings: e})
	must(t, err)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { must(t, q.Stop(t.Context())) })
	o := i.Options
	o.Queue = q
	return New(o)
}

// TestStoryWords fills in one's own words on the page of the profile, without
// JavaScript, and takes them back by unticking the box.
func TestStoryWords(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			service, host := embedder(t)
			i := install(t, newDatabase(t, kind), service)
			must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
			server := httptest.NewServer(i)
			defer server.Close()
			b := newBrowser(t, server.URL)
			b.open("/es/").submit("/es/sign-up", one(map[string]string{
				"role": "mentee", "name": "Conservas Lucía", "email": "lucia@example.org", "password": password, "country": "MX", "terms": "on",
			})).sees(200, "Revisa tu correo")
			b.open(i.mailedPath("lucia@example.org")).submit("/link/"+i.mailedToken("lucia@example.org"), nil).sees(200, "En tus palabras", "se envíe a "+host, "Con qué quieres ayuda")
			filled := one(map[string]string{
				"languages1": "es", "languages1_level": "native", "sectors1": "311", "needs1": "rules_of_origin", "region": "MX-OAX",
				"words": "Una cadena de Toronto quiere mis salsas.\r\nNo sé etiquetarlas.",
			})
			b.submit("/es/profile", filled).sees(422, "El texto se guarda solo con tu consentimiento.", "Una cadena de Toronto quiere mis salsas.")
			if _, _, err := i.Store.Words(t.Context(), ownRow(t, i).UID); models.CodeOf(err) != models.CodeNotFound {
				t.Errorf("stored without consent: %v", err)
			}
			b.submit("/es/profile", url.Values{"words": {strings.Repeat("a", 2001)}, "words_agree": {"1 " + host}}).sees(422, "máximo: 2000")
			b.submit("/es/profile", url.Values{"words": filled["words"], "words_agree": {"1 elsewhere"}}).sees(422, "consentimiento")
			b.submit("/es/profile", url.Values{"words": filled["words"], "words_agree": {"1 " + host}}).sees(200, "Tu perfil se envió.")
			words, agreed, err := i.Store.Words(t.Context(), ownRow(t, i).UID)
			must(t, err)
			if words.Words != "Una cadena de Toronto quiere mis salsas.\nNo sé etiquetarlas." || agreed != "1 "+host {
				t.Errorf("stored %q, agreed to %q", words.Words, agreed)
			}
			b.open("/es/profile").sees(200, "No sé etiquetarlas.").submit("/es/profile", nil).sees(200, "No sé etiquetarlas.")
			consents, err := i.Store.Consents(t.Context(), ownRow(t, i).UID)
			must(t, err)
			if len(consents) != 1 {
				t.Errorf("saving the same again made %d consents", len(consents))
			}
			b.submit("/es/profile", url.Values{"words_agree": nil}).sees(200, "En tus palabras")
			if strings.Contains(b.text, "etiquetarlas") {
				t.Error("the text outlived its consent")
			}
		})
	}
}

// ownRow is the only profile.
func ownRow(t *testing.T, i *installation) *models.ProfileRow {
	t.Helper()
	var row models.ProfileRow
	must(t, i.Store.Gorm.First(&row).Error)
	return &row
}
