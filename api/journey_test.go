package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"puente/matching/verify"
	"puente/models"
)

const password = "a bridge over the river"

// person is somebody who uses the interface: a token, and a language.
type person struct {
	*installation
	token string
	lang  string
}

// answer is an answer whose body is JSON.
type answer struct {
	t    *testing.T
	w    *httptest.ResponseRecorder
	body any
}

// at reads a member by its path, such as "items.0.id".
func (a answer) at(path string) any {
	a.t.Helper()
	v := a.body
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i := -1
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(at) {
				a.t.Fatalf("no %s in %s", path, a.w.Body)
			}
			v = at[i]
		default:
			a.t.Fatalf("no %s in %s", path, a.w.Body)
		}
	}
	return v
}

func (a answer) text(path string) string { return fmt.Sprint(a.at(path)) }

// call sends a request, fails unless the status is the expected one, and reads
// the answer.
func (p person) call(status int, method, path string, body any, headers ...string) answer {
	p.t.Helper()
	if p.token != "" {
		headers = append(headers, "Authorization: Bearer "+p.token)
	}
	if p.lang != "" {
		headers = append(headers, "Accept-Language: "+p.lang)
	}
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		must(p.t, err)
		text, headers = string(data), append(headers, asJSON)
	}
	a := answer{t: p.t, w: ask(p, method, path, text, headers...)}
	if a.w.Code != status {
		p.t.Fatalf("%s %s: %d, want %d: %s\n%s", method, path, a.w.Code, status, a.w.Body, p.log)
	}
	if status == 201 && path == "/api/v1/programmes" {
		p.manage()
	}
	if a.w.Body.Len() > 0 && strings.Contains(a.w.Header().Get("Content-Type"), "json") {
		must(p.t, json.Unmarshal(a.w.Body.Bytes(), &a.body))
	}
	return a
}

// tag reads the ETag of a resource.
func (p person) tag(path string) string {
	p.t.Helper()
	return p.call(200, "GET", path, nil).w.Header().Get("ETag")
}

type object = map[string]any

// nobody has no token.
func (i *installation) nobody() person { return person{installation: i} }

// signUp signs up, follows the link of the mail, and signs in.
func (i *installation) signUp(role, email, lang string) person {
	i.t.Helper()
	p := i.nobody()
	p.call(202, "POST", "/api/v1/accounts", object{"role": role, "email": email, "password": password, "lang": lang, "terms": true})
	p.call(422, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken(email)})
	p.token, p.lang = p.call(201, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken(email), "password": password}).text("access_token"), lang
	return p
}

// letter is the newest mail to an address.
func (i *installation) letter(email string) (*models.Mail, *models.Letter) {
	i.t.Helper()
	all, err := i.Store.Mails(i.t.Context(), 0, 1000)
	must(i.t, err)
	for n := range all {
		if models.EmailKey(all[n].Address) == models.EmailKey(email) {
			l, err := i.Store.Letter(&all[n])
			must(i.t, err)
			return &all[n], l
		}
	}
	i.t.Fatalf("nobody wrote to %s", email)
	return nil, nil
}

// mailedPath is the path of the link in the newest mail to an address.
func (i *installation) mailedPath(email string) string {
	i.t.Helper()
	_, l := i.letter(email)
	link := regexp.MustCompile(`http://puente\.test(/\w\w/link/[A-Z2-7]{26})\n`).FindStringSubmatch(l.Text)
	if link == nil {
		i.t.Fatalf("no link in %q", l.Text)
	}
	return link[1]
}

func (i *installation) mailedToken(email string) string {
	i.t.Helper()
	path := i.mailedPath(email)
	return path[strings.LastIndexByte(path, '/')+1:]
}

// withRole makes an account of staff, past the interface.
func (i *installation) withRole(role models.AccountRole, email string) person {
	i.t.Helper()
	a := models.Account{Role: role, Email: email, Lang: "es", VerifiedAt: new(i.Store.Now())}
	must(i.t, i.Store.CreateAccount(i.t.Context(), "", &a))
	token, err := i.IssueToken(i.t.Context(), a.ID)
	must(i.t, err)
	i.enrolled(&a)
	if role == models.AccountStaff {
		i.staff = append(i.staff, a.ID)
		i.manage()
	}
	return person{i, token.AccessToken, "es"}
}

// manage lets the staff of the test manage every programme, past the interface.
func (i *installation) manage() {
	i.t.Helper()
	programmes, err := i.Store.Programmes(i.t.Context())
	must(i.t, err)
	for _, id := range i.staff {
		for _, p := range programmes {
			err := i.Store.Grant(i.t.Context(), "", &models.Grant{AccountID: id, Role: models.GrantManager, ProgrammeID: &p.ID})
			if err != nil && models.CodeOf(err) != models.CodeConflict {
				i.t.Fatal(err)
			}
		}
	}
}

var (
	lucia = object{
		"name": "Conservas Lucía", "country": "MX", "region": "MX-OAX", "timezone": "America/Mexico_City",
		"languages": []object{{"language": "es", "level": "native"}, {"language": "en", "level": "B1"}},
		"sectors":   []string{"311421"}, "targets": []string{"US-TX"}, "needs": []object{{"topic": "rules_of_origin", "priority": 1}},
		"stage": "exploring",
	}
	dana = object{
		"name": "Dana", "country": "US", "region": "US-TX", "timezone": "America/Chicago",
		"languages": []object{{"language": "en", "level": "native"}, {"language": "es", "level": "C1"}},
		"sectors":   []string{"3114"}, "expertise": []object{{"topic": "rules_of_origin", "level": 3, "market": "US"}},
		"markets": []object{{"place": "US-TX", "level": 3}, {"place": "MX", "level": 2}}, "capacity": 1,
	}
)

// TestJourney plays a programme from its making to a mentorship through the
// interface for programs, in Spanish.
func TestJourney(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
		staff.call(403, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"})
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		admin.call(409, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"})
		admin.call(202, "POST", "/api/v1/staff", object{"role": "staff", "email": "eva@example.org", "lang": "fr", "grants": []object{{"role": "manager", "programme": programme}}})
		eva := i.nobody().call(201, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken("eva@example.org"), "password": password}).text("access_token")
		(person{i, eva, "fr"}).call(403, "GET", "/api/v1/me", nil) // without a second factor
		invited, err := i.Store.AccountByEmail(t.Context(), "eva@example.org")
		must(t, err)
		i.enrolled(invited)
		if me := (person{i, eva, "fr"}).call(200, "GET", "/api/v1/me", nil); me.text("role") != "staff" {
			t.Errorf("invited: %s", me.w.Body)
		}

		mentee, mentor, stranger := i.signUp("entrepreneur", "lucia@example.org", "es"), i.signUp("mentor", "dana@example.org", "en"), i.signUp("mentor", "x@example.org", "fr")
		e := i.profile(mentee, staff, programme, lucia)
		m := i.profile(mentor, staff, programme, dana)
		code := staff.call(200, "GET", m, nil).text("code")

		best := mentee.call(200, "GET", e+"/suggestions", nil)
		if best.text("items.0.mentor") != code || best.text("items.0.rank") != "1" || best.text("compared") != "1" {
			t.Errorf("suggested: %s", best.w.Body)
		}
		if line := best.text("items.0.lines.0.reason"); !strings.Contains(line, "Reglas de origen") && !strings.Contains(line, "reglas de origen") {
			t.Errorf("not in Spanish: %s", line)
		}
		mentee.call(200, "GET", e+"/suggestions/"+code, nil)
		mentee.call(404, "GET", e+"/suggestions/M-NONE", nil)
		mentor.call(404, "GET", m+"/suggestions", nil)
		mentee.call(428, "PUT", e+"/wishes", object{"wishes": []string{code}})
		wishes := mentee.call(200, "PUT", e+"/wishes", object{"wishes": []string{code}}, "If-Match: "+mentee.tag(e))
		if wishes.text("person.wishes.0") != code {
			t.Errorf("wishes: %s", wishes.w.Body)
		}
		mentee.call(412, "PUT", e+"/wishes", object{"wishes": []string{}}, `If-Match: "1"`)
		mentee.call(422, "PUT", e+"/wishes", object{"wishes": []string{"M-NONE"}}, "If-Match: "+mentee.tag(e))

		run, round := i.run(staff, programme)
		pairs := staff.call(200, "GET", run+"/pairs", nil)
		if pairs.text("items.0.mentor.code") != code || len(pairs.at("items").([]any)) != 1 || pairs.text("items.0.mentee_rank") != "1" {
			t.Errorf("pairs: %s", pairs.w.Body)
		}
		proven := ask(i, "GET", run+"/round.json", "", "Authorization: Bearer "+staff.token)
		if result, err := verify.Round(proven.Body.Bytes()); err != nil || len(result.Failures) > 0 || result.Pairs != 1 {
			t.Errorf("round.json: %v %v", result, err)
		}

		i.explained(staff, mentee, run, pairs.text("items.0.mentee.code"), code)

		if list := mentee.call(200, "GET", "/api/v1/offers", nil); len(list.at("items").([]any)) != 0 {
			t.Errorf("offered before it was published: %s", list.w.Body)
		}
		id := run[strings.LastIndexByte(run, '/')+1:]
		if published := staff.call(200, "POST", round+"/publish", object{"run": id}); published.text("state") != "published" || published.text("run") != id {
			t.Errorf("published: %s", published.w.Body)
		}
		staff.call(409, "POST", round+"/publish", object{"run": id})
		offer := mentee.call(200, "GET", "/api/v1/offers", nil)
		path := "/api/v1/offers/" + offer.text("items.0.id")
		first := mentor.call(200, "POST", path+"/accept", nil)
		if first.text("state") != "accepted_by_mentor" || first.text("answered") != "true" || strings.Contains(first.w.Body.String(), "lucia@") {
			t.Errorf("one side: %s", first.w.Body)
		}
		second := mentee.call(200, "POST", path+"/accept", nil)
		if second.text("state") != "active" || second.text("contact") != "dana@example.org" {
			t.Errorf("both sides: %s", second.w.Body)
		}
		if mentor.call(200, "GET", path, nil).text("contact") != "lucia@example.org" || mentor.call(200, "GET", m, nil).text("used") != "1" {
			t.Error("the mentor does not see the mentorship")
		}
		mentor.call(409, "POST", path+"/decline", object{"reason": "too_busy"})
		staff.call(200, "GET", round+"/offers", nil)
		i.strangers(stranger, e, m, path)
	})
}

// explained asks what would change a run of one pair, and compares it with
// itself.
func (i *installation) explained(staff, mentee person, run, code, mentor string) {
	i.t.Helper()
	about := staff.call(200, "GET", run+"/explain?mentee="+code, nil)
	if about.text("about.pairs.0.right") != mentor || about.text("about.pairs.0.paired") != "true" || !strings.Contains(about.text("about.pairs.0.text.0"), "forma dupla con") {
		i.t.Errorf("explained: %s", about.w.Body)
	}
	pair := staff.call(200, "GET", run+"/explain?mentee="+code+"&mentor="+mentor, nil)
	if pair.text("pair.points") != pair.text("pair.score") {
		i.t.Errorf("the only pair is worth its score: %s", pair.w.Body)
	}
	staff.call(404, "GET", run+"/explain?mentee="+code+"&mentor=M-NONE", nil)
	staff.call(422, "GET", run+"/explain", nil)
	advice := staff.call(200, "GET", run+"/advice", nil)
	if advice.text("ladder.0.served") != "1" || advice.text("recruiting.proven") != "true" {
		i.t.Errorf("advice: %s", advice.w.Body)
	}
	id := run[strings.LastIndexByte(run, '/')+1:]
	if diff := staff.call(200, "GET", run+"/diff?with="+id, nil); diff.text("same") != "true" || diff.text("kept") != "1" {
		i.t.Errorf("diff: %s", diff.w.Body)
	}
	staff.call(404, "GET", run+"/diff?with=0190a5b2-0000-7000-8000-000000000000", nil)
	mentee.call(403, "GET", run+"/explain?mentee="+code, nil)
	mentee.call(403, "GET", run+"/advice", nil)
}

// profile makes a profile, which staff approves and lets wait; it gives its
// address.
func (i *installation) profile(owner, staff person, programme string, who object) string {
	i.t.Helper()
	at := owner.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": who}).w.Header().Get("Location")
	owner.call(403, "POST", at+"/moves", object{"event": "approve"})
	owner.call(200, "POST", at+"/moves", object{"event": "submit"})
	staff.call(200, "POST", at+"/moves", object{"event": "approve"})
	if got := staff.call(200, "POST", at+"/moves", object{"event": "wait"}); got.text("state") != "waiting" {
		i.t.Errorf("%s: %s", at, got.w.Body)
	}
	return at
}

// run makes a round of a programme and follows its run to the end.
func (i *installation) run(staff person, programme string) (run, round string) {
	i.t.Helper()
	round = staff.call(201, "POST", "/api/v1/rounds", object{"programme": programme, "name": "Primavera", "start": "2027-01-04", "seed": 7}).w.Header().Get("Location")
	staff.call(409, "POST", round+"/runs", nil)
	staff.call(200, "POST", round+"/moves", object{"event": "open"})
	staff.call(200, "POST", round+"/moves", object{"event": "close"})
	staff.call(422, "POST", round+"/runs", object{"method": "best"})
	even := staff.call(202, "POST", round+"/runs", object{"method": "balanced"}).w.Header().Get("Location")
	i.ends(staff, even)
	proven := ask(i, "GET", even+"/round.json", "", "Authorization: Bearer "+staff.token)
	if result, err := verify.Round(proven.Body.Bytes()); err != nil || len(result.Failures) > 0 || result.Method != "balanced" {
		i.t.Errorf("a balanced run: %v %v", result, err)
	}
	i.runAgain(staff, round, even[strings.LastIndexByte(even, '/')+1:])
	run = staff.call(202, "POST", round+"/runs", nil).w.Header().Get("Location")
	i.ends(staff, run)
	staff.call(409, "POST", run+"/cancel", nil)
	got := staff.call(200, "GET", run, nil)
	if got.text("state") != "finished" || got.text("pairs") != "1" || got.text("seed") != "7" {
		i.t.Errorf("run: %s", got.w.Body)
	}
	return run, round
}

// runAgain makes a run of a round that keeps the pairs of an earlier one.
func (i *installation) runAgain(staff person, round, earlier string) {
	i.t.Helper()
	for _, c := range []struct {
		body  object
		where string
	}{
		{object{"keep": earlier, "method": "stable"}, "/body/keep"},
		{object{"time_limit": 5, "method": "lottery"}, "/body/time_limit"},
		{object{"keep": "0190a5b2-0000-7000-8000-000000000000"}, "/body/keep"},
		{object{"keep": earlier, "keep_points": 60001}, "/body/keep_points"},
		{object{"time_limit": 241}, "/body/time_limit"},
	} {
		if got := staff.call(422, "POST", round+"/runs", c.body); got.text("errors.0.pointer") != c.where {
			i.t.Errorf("%v: %s", c.body, got.w.Body)
		}
	}
	at := staff.call(202, "POST", round+"/runs", object{"keep": earlier, "keep_points": 100, "time_limit": 60}).w.Header().Get("Location")
	i.ends(staff, at)
	if got := staff.call(200, "GET", at, nil); got.text("keep") != earlier || got.text("keep_points") != "100" || got.text("time_limit") != "60" {
		i.t.Errorf("run: %s", got.w.Body)
	}
	proven := ask(i, "GET", at+"/round.json", "", "Authorization: Bearer "+staff.token)
	if result, err := verify.Round(proven.Body.Bytes()); err != nil || len(result.Failures) > 0 || result.Kept == nil || result.Kept.Pairs != 1 || !result.Kept.Proven {
		i.t.Errorf("a run that keeps pairs: %+v %v", result, err)
	}
}

// ends follows a run to its end.
func (i *installation) ends(staff person, run string) {
	i.t.Helper()
	server := httptest.NewServer(i)
	defer server.Close()
	r, err := http.NewRequestWithContext(i.t.Context(), http.MethodGet, server.URL+run+"/events", nil)
	must(i.t, err)
	r.Header.Set("Authorization", "Bearer "+staff.token)
	events := readAll(i.t, r)
	if !strings.Contains(events, "event: end\ndata: {\"state\":\"finished\"") {
		i.t.Fatalf("events: %s\n%s", events, i.log)
	}
}

// strangers asks for other people's objects and for missing ones: the answers
// are equal, but for the request's id.
func (i *installation) strangers(stranger person, mentee, mentor, offer string) {
	i.t.Helper()
	const missing = "0190a5b2-0000-7000-8000-000000000000"
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"GET", mentee, nil},
		{"GET", mentor, nil},
		{"PUT", mentee, object{"person": lucia}},
		{"POST", mentee + "/moves", object{"event": "withdraw"}},
		{"PUT", mentee + "/wishes", object{"wishes": []string{}}},
		{"GET", mentee + "/words", nil},
		{"PUT", mentee + "/words", object{"text": "x", "agreed_to": "1 embed.example.org"}},
		{"DELETE", mentee + "/words", nil},
		{"GET", mentee + "/suggestions", nil},
		{"GET", mentee + "/suggestions/M-1", nil},
		{"GET", offer, nil},
		{"POST", offer + "/accept", nil},
		{"POST", offer + "/decline", object{"reason": "other"}},
	} {
		parts := strings.Split(c.path, "/")
		parts[4] = missing
		theirs, none := stranger.call(404, c.method, c.path, c.body, `If-Match: "1"`), stranger.call(404, c.method, strings.Join(parts, "/"), c.body, `If-Match: "1"`)
		delete(theirs.body.(object), "instance")
		delete(none.body.(object), "instance")
		if fmt.Sprint(theirs.body) != fmt.Sprint(none.body) {
			i.t.Errorf("%s %s: %v, a missing one %v", c.method, c.path, theirs.body, none.body)
		}
	}
}

// TestAccounts signs up and in, and asks what is refused.
func TestAccounts(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	nobody := i.nobody()
	good := object{"role": "entrepreneur", "email": "lucia@example.org", "password": password, "lang": "es", "terms": true}
	with := func(name string, value any) object {
		o := object{}
		maps.Copy(o, good)
		o[name] = value
		return o
	}
	for _, c := range []struct {
		name, pointer, code string
		body                object
	}{
		{"staff", "/body/role", "one_of", with("role", "admin")},
		{"no address", "/body/email", "bad_email", with("email", "lucia at home")},
		{"short", "/body/password", "password_short", with("password", "fourteen signs")},
		{"the address", "/body/password", "password_email", with("password", "LUCIA@example.org")},
		{"long", "/body/password", "password_long", with("password", strings.Repeat("é", 513))},
		{"terms", "/body/terms", "terms", with("terms", false)},
		{"language", "/body/lang", "one_of", with("lang", "de")},
		{"more", "/body/more", "unknown", with("more", 1)},
	} {
		got := nobody.call(422, "POST", "/api/v1/accounts", c.body)
		if got.text("errors.0.pointer") != c.pointer || got.text("errors.0.code") != c.code {
			t.Errorf("%s: %s", c.name, got.w.Body)
		}
	}
	nobody.call(202, "POST", "/api/v1/accounts", good)
	nobody.call(401, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password})
	nobody.call(404, "POST", "/api/v1/tokens/by-link", object{"token": "nothing", "password": password})
	nobody.call(201, "POST", "/api/v1/tokens/by-link", object{"token": i.mailedToken("lucia@example.org"), "password": password})
	nobody.call(202, "POST", "/api/v1/accounts", with("email", "Lucia@EXAMPLE.org"))

	unknown := nobody.call(401, "POST", "/api/v1/tokens", object{"email": "nobody@example.org", "password": password})
	wrong := nobody.call(401, "POST", "/api/v1/tokens", object{"email": "lucia@example.org", "password": password + "."})
	if unknown.text("detail") != wrong.text("detail") || unknown.text("detail") == "" {
		t.Errorf("%s and %s", unknown.w.Body, wrong.w.Body)
	}
	token := nobody.call(201, "POST", "/api/v1/tokens", object{"email": " LUCIA@example.org", "password": password})
	p := person{i, token.text("access_token"), "es"}
	if me := p.call(200, "GET", "/api/v1/me", nil); me.text("email") != "lucia@example.org" || len(me.at("profiles").([]any)) != 0 {
		t.Errorf("me: %s", me.w.Body)
	}
	p.call(204, "DELETE", "/api/v1/tokens/current", nil)
	p.call(401, "GET", "/api/v1/me", nil)
	if strings.Contains(i.log.String(), password) || strings.Contains(i.log.String(), p.token) {
		t.Error("the log holds a secret")
	}
}

// TestProfiles writes profiles, and asks what is refused.
func TestProfiles(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	admin := i.withRole(models.AccountAdmin, "ada@example.org")
	programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es", "settings": object{"weights": object{"needs": 500}}}).text("id")
	if got := admin.call(422, "POST", "/api/v1/programmes", object{"name": "Two", "locale": "es", "settings": object{"weights": object{"age": 1}}}); got.text("errors.0.pointer") != "/body/settings/weights/age" {
		t.Errorf("settings: %s", got.w.Body)
	}
	p := i.signUp("entrepreneur", "lucia@example.org", "es")
	admin.call(403, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia})
	p.call(422, "POST", "/api/v1/profiles", object{"programme": "0190a5b2-0000-7000-8000-000000000000", "person": lucia})
	with := func(name string, value any) object {
		o := object{}
		maps.Copy(o, lucia)
		o[name] = value
		return o
	}
	for _, c := range []struct {
		name, pointer string
		who           object
	}{
		{"a country without its region", "/body/person/region", with("region", "US-TX")},
		{"no such topic", "/body/person/needs", with("needs", []object{{"topic": "no_such_topic", "priority": 1}})},
		{"a mentor's column", "/body/person/expertise", with("expertise", []object{{"topic": "rules_of_origin", "level": 1}})},
		{"more than one value in one", "/body/person/sectors", with("sectors", []string{"311421;3114"})},
		{"no industry", "/body/person/sectors", with("sectors", []string{"000000"})},
		{"no language", "/body/person/languages", with("languages", []object{})},
	} {
		got := p.call(422, "POST", "/api/v1/profiles", object{"programme": programme, "person": c.who})
		if !strings.HasPrefix(got.text("errors.0.pointer"), c.pointer) {
			t.Errorf("%s: %s", c.name, got.w.Body)
		}
	}
	at := p.call(201, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia}).w.Header().Get("Location")
	p.call(409, "POST", "/api/v1/profiles", object{"programme": programme, "person": lucia})
	read := p.call(200, "GET", at, nil)
	data, err := json.Marshal(lucia)
	must(t, err)
	var want any
	must(t, json.Unmarshal(data, &want))
	for name, value := range want.(object) {
		if got := read.at("person." + name); fmt.Sprint(got) != fmt.Sprint(value) {
			t.Errorf("%s: wrote %v, read %v", name, value, got)
		}
	}
	p.call(428, "PUT", at, object{"person": with("name", "Otra")})
	p.call(412, "PUT", at, object{"person": with("name", "Otra")}, `If-Match: "9"`)
	tag := read.w.Header().Get("ETag")
	changed := p.call(200, "PUT", at, object{"person": with("name", "Otra")}, "If-Match: "+tag)
	if changed.text("person.name") != "Otra" || changed.w.Header().Get("ETag") == tag {
		t.Errorf("changed: %s", changed.w.Body)
	}
	p.call(412, "PUT", at, object{"person": lucia}, "If-Match: "+tag)
	page := admin.call(200, "GET", "/api/v1/profiles?role=mentee&programme="+programme, nil)
	if len(page.at("items").([]any)) != 1 {
		t.Errorf("page: %s", page.w.Body)
	}
}
