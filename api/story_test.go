package api

import (
	"encoding/base32"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

// browser is somebody's browser: it keeps cookies, follows links and sends the
// forms that it is shown, and nothing else.
type browser struct {
	t      *testing.T
	client *http.Client
	base   string
	path   string // where it is
	status int
	text   string
	page   *html.Node
}

func newBrowser(t *testing.T, base string) *browser {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{t: t, base: base, client: &http.Client{Jar: jar}}
}

// open goes to an address.
func (b *browser) open(path string) *browser {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	must(b.t, err)
	return b.send(r)
}

func (b *browser) send(r *http.Request) *browser {
	b.t.Helper()
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", "es-MX")
	answer, err := b.client.Do(r)
	must(b.t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	must(b.t, err)
	b.status, b.text, b.path = answer.StatusCode, string(data), answer.Request.URL.RequestURI()
	b.page, err = html.Parse(strings.NewReader(b.text))
	must(b.t, err)
	return b
}

// sees wants a status and texts on the page.
func (b *browser) sees(status int, texts ...string) *browser {
	b.t.Helper()
	text := textOf(b.page)
	for _, want := range texts {
		if !strings.Contains(text, want) {
			b.t.Fatalf("%s: %q is not on the page:\n%s", b.path, want, text)
		}
	}
	if b.status != status {
		b.t.Fatalf("%s: %d, want %d:\n%s", b.path, b.status, status, text)
	}
	return b
}

// textOf is the text of a page, with single spaces.
func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// link follows the first link whose address ends so.
func (b *browser) link(part string) *browser {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if href, ok := attribute(n, "href"); ok && n.DataAtom == atom.A && strings.Contains(href, part) {
			return b.open(href)
		}
	}
	b.t.Fatalf("%s: no link to %s:\n%s", b.path, part, textOf(b.page))
	return nil
}

// submit sends the form whose action ends so, with what it holds and what is
// filled in. A name that no field of the form has is a failure; a button counts
// as a field.
func (b *browser) submit(action string, filled url.Values) *browser {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if to, _ := attribute(n, "action"); n.DataAtom == atom.Form && (strings.HasSuffix(to, action) || strings.HasSuffix(strings.Split(to, "?")[0], action)) {
			id, _ := attribute(n, "id")
			values := b.fields(n, id)
			for name, v := range filled {
				if _, ok := values[name]; !ok {
					b.t.Fatalf("%s: the form has no field %s, only %v", b.path, name, values)
				}
				values[name] = v
			}
			for name, v := range values {
				if len(v) == 0 || len(v) == 1 && v[0] == absent {
					delete(values, name)
				}
			}
			if lang := filled.Get("switch"); lang != "" {
				to = b.formAction(lang)
			}
			r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+to, strings.NewReader(values.Encode()))
			must(b.t, err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			return b.send(r)
		}
	}
	b.t.Fatalf("%s: no form %s:\n%s", b.path, action, b.text)
	return nil
}

// formAction is where the button of the page that changes to a language posts to.
func (b *browser) formAction(lang string) string {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if value, _ := attribute(n, "value"); n.DataAtom == atom.Button && value == lang {
			to, _ := attribute(n, "formaction")
			return to
		}
	}
	b.t.Fatalf("%s: the language cannot be changed to %s", b.path, lang)
	return ""
}

// absent is the value of a box that is not ticked and of a button that is not
// pressed.
const absent = "\x00"

// fields are the fields of a form with their values.
func (b *browser) fields(form *html.Node, id string) url.Values {
	values := url.Values{}
	inside := slices.Collect(form.Descendants())
	for n := range b.page.Descendants() {
		of, elsewhere := attribute(n, "form")
		name, _ := attribute(n, "name")
		if name == "" || !slices.Contains(inside, n) && (!elsewhere || of != id) {
			continue
		}
		value, _ := attribute(n, "value")
		kind, _ := attribute(n, "type")
		_, checked := attribute(n, "checked")
		switch {
		case n.DataAtom == atom.Button, (kind == "checkbox" || kind == "radio") && !checked:
			if _, there := values[name]; !there {
				values[name] = []string{absent}
			}
			continue
		case n.DataAtom == atom.Textarea:
			if n.FirstChild != nil {
				value = strings.ReplaceAll(n.FirstChild.Data, "\n", "\r\n") // as browsers send it
			}
		case n.DataAtom == atom.Select:
			first := true
			for o := range n.Descendants() {
				if _, selected := attribute(o, "selected"); o.DataAtom == atom.Option && (selected || first) {
					value, _ = attribute(o, "value")
					first = false
				}
			}
		}
		if len(values[name]) == 1 && values[name][0] == absent {
			values[name] = nil
		}
		values[name] = append(values[name], value)
	}
	return values
}

func one(values map[string]string) url.Values {
	out := url.Values{}
	for name, value := range values {
		out[name] = []string{value}
	}
	return out
}

// TestStoryAccept plays the way of a business to its mentor on the pages, in
// Spanish, without JavaScript: signing up, profile, suggestions, wishes, round,
// publishing, and both answers.
func TestStoryAccept(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		server := httptest.NewServer(i)
		defer server.Close()

		business := newBrowser(t, server.URL)
		business.open("/").sees(200, "Empieza")
		if business.path != "/es/" {
			t.Errorf("the first page is %s", business.path)
		}
		business.submit("/es/sign-up", one(map[string]string{"role": "mentee", "name": "Conservas Lucía", "email": "lucia@example.org", "password": "corta"})).
			sees(422, "La contraseña necesita al menos 15 caracteres.", "Completa este dato.")
		business.submit("/es/sign-up", one(map[string]string{
			"role": "mentee", "name": "Conservas Lucía", "email": "lucia@example.org", "password": password, "country": "MX", "terms": "on",
		})).sees(200, "Revisa tu correo")
		business.open("/es/profile").sees(200, "Contraseña")
		business.open(i.mailedPath("lucia@example.org")).sees(200, "Confirma tu dirección").submit("/link/"+i.mailedToken("lucia@example.org"), nil).
			sees(200, "Tu cuenta está lista.", "Borrador")
		business.submit("/es/profile", nil).sees(422, "Error")
		filled := one(map[string]string{
			"languages1": "es", "languages1_level": "native", "languages2": "en", "languages2_level": "B1", "sectors1": "311", "stage": "exploring",
			"needs1": "rules_of_origin", "needs2": "labelling_language", "region": "MX-OAX", "cadence": "monthly",
		})
		filled["targets"], filled["format"], filled["slots"] = []string{"US", "CA"}, []string{"video"}, []string{"Tue 09:00-12:00", "Thu 09:00-12:00"}
		business.submit("/es/profile", filled).sees(200, "Tu perfil se envió.", "Todavía no hay una mentoría compatible")

		mentor := i.mentorSignsUp(server.URL)
		staff := i.staffSignsIn(server.URL)
		staff.sees(200, "Rondas").link("/es/people").sees(200, "Conservas Lucía", "Dana Whitfield", "Reglas de origen").submit("/do/approve", nil)
		staff.sees(200, "Listo.").submit("/do/approve", nil).sees(200, "Ahora no hay nadie aquí.").link("state=waiting").sees(200, "Conservas Lucía")

		business.open("/es/match").sees(200, "Dana Whitfield", "Reglas de origen", "43 de 100")
		business.open("/es/match?mentor=M-NADIE").sees(200, "M-NADIE")
		business.submit("/es/match", url.Values{"confirm": {"1"}}).sees(200, "Tu orden se guardó.")

		staff.open("/es/rounds").link("/weights").sees(200, "¿Qué importa más en una dupla?")
		staff.submit("/weights", one(map[string]string{"needs": "0", "load": "x", "time": "1001"})).sees(422, "Error").
			submit("/weights", one(map[string]string{"needs": "0", "load": "30", "time": "1001"})).sees(422, "Las necesidades deben pesar algo", "Un peso es un número entero de 0 a 1,000.")
		staff.submit("/weights", one(map[string]string{"needs": "900", "time": "90"})).sees(200, "Qué cambiaría", "1 empresa y 1 ", "Duplas que se mantienen", "Algo cambia para 0 empresas", "Era 340.")
		stale := newBrowser(t, server.URL)
		stale.client.Jar, stale.page, stale.path = staff.client.Jar, staff.page, staff.path
		staff.submit("/keep", nil).sees(200, "Los pesos se guardaron.")
		stale.submit("/keep", nil).sees(412)

		staff.open("/es/rounds").submit("/es/rounds", one(map[string]string{"name": "Primavera", "start": "2027-01-04", "seed": "7"})).sees(200, "Primavera", "borrador")
		staff.submit("/open", nil).submit("/close", nil).submit("/run", nil).sees(200, "El cálculo está en marcha.")
		i.waitForRun()
		staff.open("/es/rounds").link("/es/rounds/").sees(200, "Primavera", "Conservas Lucía", "Dana Whitfield")
		proven, err := verify.Round([]byte(newText(staff, "/round.json")))
		if err != nil || len(proven.Failures) > 0 || proven.Pairs != 1 {
			t.Errorf("round.json: %v %v", proven, err)
		}
		staff.link("/es/rounds").link("/es/rounds/").link("/explain").sees(200, "Por qué Conservas Lucía", "forma dupla con Dana Whitfield")
		staff.link("/es/rounds").link("/es/rounds/").link("/advice").sees(200, "Qué cambiaría Primavera", "no se puede atender a nadie más")
		staff.link("/es/rounds").link("/es/rounds/").submit("/publish", nil).sees(422, "Completa este dato.")
		staff.submit("/publish", url.Values{"confirm": {"on"}}).sees(200, "La ronda está publicada", "Ofrecido")

		business.open("/es/match").link("/es/requests/").sees(200, "Dana Whitfield").submit("/accept", nil).sees(200, "Aceptaste.")
		mentor.open("/es/requests").sees(200, "Conservas Lucía", "Reglas de origen").submit("/decline", nil).sees(422, "Completa este dato.")
		mentor.submit("/accept", nil).sees(200, "lucia@example.org")
		business.open("/es/requests").sees(200, "dana@example.org")
		staff.open("/es/rounds").link("/es/rounds/").sees(200, "Activo")
		mentor.submit("/es/sign-out", nil).sees(200, "Cerraste sesión.")
		mentor.open("/es/requests").sees(200, "Contraseña")
		if mentor.path != "/es/sign-in?next=%2Frequests" {
			t.Errorf("without a session: %s", mentor.path)
		}
		mentor.submit("/es/sign-in?next=%2Frequests", one(map[string]string{"email": "dana@example.org", "password": "not the password"})).sees(422)
		mentor.submit("/es/sign-in?next=%2Frequests", one(map[string]string{"email": "dana@example.org", "password": password})).sees(200, "lucia@example.org")

		stranger := newBrowser(t, server.URL)
		stranger.open("/es/").submit("/es/sign-up", one(map[string]string{
			"role": "mentor", "name": "X", "email": "x@example.org", "password": password, "country": "CA", "terms": "on",
		}))
		stranger.open(i.mailedPath("x@example.org")).submit("/link/"+i.mailedToken("x@example.org"), nil).sees(200, "Tu cuenta está lista.")
		theirs := stranger.open(business.path)
		if theirs.status == 200 && strings.Contains(theirs.text, "dana@") {
			t.Error("a stranger reads an offer")
		}
		stranger.open("/es/rounds").sees(403)
	})
}

// mentorSignsUp plays a mentor up to a profile that was sent.
func (i *installation) mentorSignsUp(base string) *browser {
	mentor := newBrowser(i.t, base)
	mentor.open("/es/").submit("/es/sign-up", one(map[string]string{
		"role": "mentor", "name": "Dana Whitfield", "email": "dana@example.org", "password": password, "country": "US", "terms": "on",
	})).sees(200, "Revisa tu correo")
	mentor.open(i.mailedPath("dana@example.org")).submit("/link/"+i.mailedToken("dana@example.org"), nil).sees(200, "Tu cuenta está lista.")
	filled := one(map[string]string{
		"languages1": "en", "languages1_level": "native", "languages2": "es", "languages2_level": "C1", "sectors1": "311",
		"expertise1": "rules_of_origin", "expertise1_level": "3", "markets1": "MX", "markets1_level": "2", "region": "US-TX", "capacity": "1",
	})
	return mentor.submit("/es/profile", filled).sees(200, "Tu perfil se envió.")
}

// staffSignsIn plays a member of staff whose first link asks for a password.
func (i *installation) staffSignsIn(base string) *browser {
	i.t.Helper()
	a := models.Account{Role: models.AccountAdmin, Email: "ana@example.org", Lang: "es"}
	must(i.t, i.Store.CreateAccount(i.t.Context(), "", &a))
	token, hash := Secret()
	must(i.t, i.Store.CreateLink(i.t.Context(), "", &models.Link{IDHash: hash, AccountID: &a.ID, Purpose: models.LinkInvite}))
	staff := newBrowser(i.t, base)
	staff.open("/es/link/"+token).sees(200, "Elige una contraseña").submit("/link/"+token, one(map[string]string{"password": "corta"})).
		sees(422, "La contraseña necesita al menos 15 caracteres.")
	staff.submit("/link/"+token, one(map[string]string{"password": password})).sees(200, "segundo paso")
	staff.setsUp().link("/rounds").sees(200)
	newBrowser(i.t, base).open("/es/link/" + token).sees(404)
	return staff
}

// setsUp sets up the second factor that a member of staff is asked for.
func (b *browser) setsUp() *browser {
	b.t.Helper()
	b.submit("/account/factor", one(map[string]string{"password": password}))
	key := regexp.MustCompile(`secret=([A-Z2-7]+)&`).FindStringSubmatch(b.text)
	if key == nil {
		b.t.Fatalf("%s: no key:\n%s", b.path, textOf(b.page))
	}
	secret, err := base32.StdEncoding.DecodeString(key[1])
	must(b.t, err)
	b.submit("/factor/code", one(map[string]string{"code": totpCode(secret, stepAt(time.Now()), totpDigits)})).sees(200)
	return b
}

// waitForRun follows the newest run until it has ended.
func (i *installation) waitForRun() {
	i.t.Helper()
	programmes, err := i.Store.Programmes(i.t.Context())
	must(i.t, err)
	rounds, err := i.Store.Rounds(i.t.Context(), programmes[0].ID)
	must(i.t, err)
	runs, err := i.Store.Runs(i.t.Context(), rounds[0].ID)
	must(i.t, err)
	must(i.t, i.Queue.Watch(i.t.Context(), runs[0].ID, func(jobs.RunProgress) error { return nil }))
}

// newText follows a link and gives what it leads to as it is.
func newText(b *browser, part string) string {
	page, path := b.page, b.path
	text := b.link(part).text
	b.page, b.path = page, path
	return text
}

func cookies(id string) []*http.Cookie { return []*http.Cookie{{Name: "puente", Value: id, Path: "/"}} }
