package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"puente/models"
)

// from posts as a client of an address does.
func (i *installation) from(address, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = address + ":40000"
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	return w
}

// waiting are the figures of an answer that says how long to wait.
var waiting = regexp.MustCompile(`(Retry-After |Wait |Espera )\d+`)

// madeID is the id of an invitation, which is as new where there is none.
var madeID = regexp.MustCompile(`"invitation":"[0-9a-f-]{36}"`)

// seen is an answer without what differs from each request to the next: its id,
// the values of new cookies, the address that the form repeats, and, since they
// do not come in one second, how long to wait.
func seen(w *httptest.ResponseRecorder, email string) string {
	id := w.Header().Get("X-Request-ID")
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	names := []string{}
	for name := range w.Header() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range w.Header()[name] {
			if name == "Set-Cookie" {
				before, after, _ := strings.Cut(value, ";")
				cookie, secret, _ := strings.Cut(before, "=")
				value = fmt.Sprintf("%s=%d;%s", cookie, len(secret), after)
			}
			fmt.Fprintln(&b, name, strings.ReplaceAll(value, id, "ID"))
		}
	}
	body := madeID.ReplaceAllString(strings.NewReplacer(id, "ID", email, "ADDRESS").Replace(w.Body.String()), `"invitation":"ID"`)
	return waiting.ReplaceAllString(b.String()+body, "${1}N")
}

// question is a way to ask about an address.
type question struct {
	name string
	send func(i *installation, email, address string) *httptest.ResponseRecorder
}

func asText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // of a test
	}
	return string(data)
}

// form asks through a page.
func form(name, path string, values map[string]string) question {
	return question{name, func(i *installation, email, address string) *httptest.ResponseRecorder {
		filled := one(values)
		filled.Set("email", email)
		return i.from(address, path, filled.Encode(), formType, "Accept: text/html")
	}}
}

// enumerations are all ways to ask about an address.
func enumerations(i *installation) []question {
	admin, member := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountMentor, "member@example.org")
	hash, err := i.hash(i.t.Context(), password)
	must(i.t, err)
	account, err := i.Store.AccountByEmail(i.t.Context(), "member@example.org")
	must(i.t, err)
	must(i.t, i.Store.SetPassword(i.t.Context(), "", account.ID, hash, "", nil))
	programme := models.Programme{Name: "Invitations", Locale: "es"}
	must(i.t, i.Store.CreateProgramme(i.t.Context(), "", &programme))
	member.token = member.call(201, "POST", "/api/v1/tokens", object{"email": "member@example.org", "password": password}).text("access_token")
	api := func(name, path, token string, body object) question {
		return question{name, func(i *installation, email, address string) *httptest.ResponseRecorder {
			send := object{"email": email}
			maps.Copy(send, body)
			headers := []string{asJSON}
			if token != "" {
				headers = append(headers, "Authorization: Bearer "+token)
			}
			return i.from(address, path, asText(send), headers...)
		}}
	}
	person := map[string]string{"role": "mentee", "name": "Lucía", "password": password, "country": "MX", "terms": "on"}
	return []question{
		api("sign up", "/api/v1/accounts", "", object{"role": "both", "password": password, "lang": "es", "terms": true}),
		form("sign up on the page", "/es/sign-up", person),
		api("sign in", "/api/v1/tokens", "", object{"password": "not the password of anybody"}),
		form("sign in on the page", "/es/sign-in", map[string]string{"password": "not the password of anybody"}),
		api("link", "/api/v1/links", "", object{"purpose": "sign_in"}),
		api("reset", "/api/v1/links", "", object{"purpose": "reset"}),
		form("link on the page", "/es/sign-in/link", nil),
		form("reset on the page", "/es/sign-in/reset", nil),
		api("invite", "/api/v1/staff", admin.token, object{"role": "staff", "lang": "es", "grants": []object{{"role": "manager", "programme": programme.ID}}}),
		api("change of address", "/api/v1/me/email", member.token, object{"password": password}),
	}
}

// networkOf is the n-th of many addresses.
func networkOf(n int) string { return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255) }

// generous are budgets that nobody uses up.
func generous() map[string]limits {
	out := map[string]limits{}
	for what := range budgets {
		much := models.Budget{Free: 1 << 30}
		out[what] = limits{much, much, much, much, much}
	}
	return out
}

// TestNoEnumeration asks about addresses that have an account, that somebody
// signed up with, and that nobody knows: status, headers and body are equal byte
// by byte, also where somebody asks too often, and the time it takes does not
// tell them apart.
func TestNoEnumeration(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	t.Run("answers", func(t *testing.T) {
		onBoth(t, func(t *testing.T, i *installation) {
			i.budgets = boundless()
			ways := enumerations(i)
			for n, way := range ways {
				mail := func(who string) string { return fmt.Sprintf("%s%d@example.org", who, n) }
				must(t, i.Store.CreateAccount(t.Context(), "", &models.Account{Email: mail("aperson"), Role: models.AccountMentor, Lang: "fr", PasswordHash: unknownHash(), VerifiedAt: new(i.Store.Now())}))
				ways[0].send(i, mail("newcome"), networkOf(n))
				for round := range 8 { // the last ones are too many
					want := seen(way.send(i, mail("unknown"), networkOf(1000+n*10)), mail("unknown"))
					for k, who := range []string{"aperson", "newcome"} {
						if who == "newcome" && round > 3 {
							continue // the sign-up itself was counted
						}
						if got := seen(way.send(i, mail(who), networkOf(1000+n*10+k+1)), mail(who)); got != want {
							t.Errorf("%s, round %d: %s answers\n%s\nand not\n%s", way.name, round, who, got, want)
						}
					}
					if !strings.HasPrefix(way.name, "sign in") && strings.HasPrefix(want, "429") != (round > 4) {
						t.Errorf("%s, round %d: %.3s", way.name, round, want)
					}
				}
			}
		})
	})
	t.Run("time", func(t *testing.T) {
		cheapHashes(t) // or they hide smaller differences
		i := installCopy(t, empty)
		i.budgets = generous()
		ways := enumerations(i)
		ways = slices.DeleteFunc(ways, func(a question) bool { return strings.HasSuffix(a.name, "page") }) // they call the same functions
		samples := 500
		if testing.Short() {
			samples = 60
		}
		for n := range samples {
			a := models.Account{Email: fmt.Sprintf("known%d@example.org", n), Role: models.AccountMentor, Lang: "es", PasswordHash: unknownHash(), VerifiedAt: new(i.Store.Now())}
			must(t, i.Store.CreateAccount(t.Context(), "", &a))
		}
		for _, way := range ways {
			known, unknown := make([]time.Duration, samples), make([]time.Duration, samples)
			for n := range samples {
				measure := func(who string) time.Duration {
					began := time.Now()
					way.send(i, fmt.Sprintf("%s%d@example.org", who, n), networkOf(n))
					return time.Since(began)
				}
				if n%2 == 0 {
					known[n], unknown[n] = measure("known"), measure(way.name[:3])
				} else {
					unknown[n], known[n] = measure(way.name[:3]), measure("known")
				}
			}
			p, apart := mannWhitney(known, unknown), median(known)-median(unknown)
			t.Logf("%-18s p = %.3f, medians %v and %v", way.name, p, median(known), median(unknown))
			if p < 0.001 && apart.Abs() >= time.Millisecond {
				t.Errorf("%s: the time tells who is known: p = %.6f, the medians are %v apart", way.name, p, apart)
			}
		}
	})
}

// cheapHashes makes hashes of passwords quick until the test ends.
func cheapHashes(t *testing.T) {
	t.Helper()
	costly := *hashing
	t.Cleanup(func() { *hashing = costly })
	hashing.Memory, hashing.Iterations = 256, 1
}

func median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// mannWhitney is the probability that two samples of one distribution differ as
// much as these, by the normal approximation of the U test, without ties.
func mannWhitney(a, b []time.Duration) float64 {
	type value struct {
		d     time.Duration
		first bool
	}
	var all []value
	for _, d := range a {
		all = append(all, value{d, true})
	}
	for _, d := range b {
		all = append(all, value{d, false})
	}
	slices.SortFunc(all, func(x, y value) int { return int(x.d - y.d) })
	var ranks float64
	for i, v := range all {
		if v.first {
			ranks += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := ranks - n*(n+1)/2
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

func TestMannWhitney(t *testing.T) {
	var a, b, c []time.Duration
	for n := range 500 {
		a, b, c = append(a, time.Duration(2*n)), append(b, time.Duration(2*n+1)), append(c, time.Duration(2*n+201))
	}
	if same, apart := mannWhitney(a, b), mannWhitney(a, c); same < 0.9 || apart > 1e-6 {
		t.Errorf("p = %v and %v", same, apart)
	}
}

// TestGuessing guesses a password ten thousand times from many networks, each
// with a forged X-Forwarded-For: few guesses are looked at, and the owner signs
// in all the while on a known device, or by mail.
func TestGuessing(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		i.budgets = maps.Clone(budgets)
		slow := budgets[tryPassword]
		slow.address.First, slow.address.Most = time.Hour, time.Hour // or a slow machine waits it out
		i.budgets[tryPassword] = slow
		owner := i.signUp("mentor", "dana@example.org", "en")
		signIn := url.Values{"email": {"dana@example.org"}, "password": {password}}.Encode()
		first := i.from("192.0.2.7", "/en/sign-in", signIn, formType)
		device := ""
		for _, cookie := range first.Result().Cookies() {
			if cookie.Name == "puente-device" {
				device = "Cookie: puente-device=" + cookie.Value
			}
		}
		if first.Code != 303 || device == "" {
			t.Fatalf("%d %v", first.Code, first.Header())
		}
		looked, guesses := 0, 10_000
		if testing.Short() || i.Store.Postgres() {
			guesses = 500
		}
		for n := range guesses {
			guess := asText(object{"email": "Dana@example.org ", "password": fmt.Sprintf("guess number %d", n)})
			w := i.from(networkOf(n), "/api/v1/tokens", guess, asJSON, "X-Forwarded-For: "+networkOf(1<<20+n), "Accept-Language: "+[]string{"en", "es", "fr"}[n%3])
			switch {
			case w.Code == 401:
				looked++
			case w.Code != 429 || w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Language") != []string{"en", "es", "fr"}[n%3]:
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		t.Logf("%d of %d guesses were looked at", looked, guesses)
		if looked != budgets[tryPassword].address.Free {
			t.Errorf("%d of %d guesses were looked at", looked, guesses)
		}
		if w := i.from("192.0.2.7", "/en/sign-in", signIn, formType); w.Code != 429 || w.Header().Get("Retry-After") == "" {
			t.Errorf("without its cookie: %d", w.Code)
		}
		if w := i.from("198.51.100.1", "/en/sign-in", signIn, formType, device); w.Code != 303 {
			t.Errorf("the owner's device is locked out: %d", w.Code)
		}
		again := install(t, i.dsn) // after a restart, and in another process
		again.secrets, again.budgets = i.secrets, i.budgets
		if w := again.from("198.51.100.3", "/en/sign-in", signIn, formType); w.Code != 429 {
			t.Errorf("a restart forgets: %d", w.Code)
		}
		if w := again.from("198.51.100.3", "/en/sign-in", signIn, formType, device); w.Code != 303 {
			t.Errorf("a restart forgets the device: %d", w.Code)
		}
		if w := i.from("198.51.100.2", "/en/sign-in", signIn, formType, device+"0"); w.Code != 429 {
			t.Errorf("a forged device: %d", w.Code)
		}
		for range 20 { // somebody else asks for mails too
			i.from("198.51.100.9", "/api/v1/links", asText(object{"email": "dana@example.org", "purpose": "sign_in"}), asJSON)
		}
		if w := i.from("198.51.100.4", i.mailedPath("dana@example.org"), "", formType); w.Code != 303 {
			t.Errorf("a link by mail does not work: %d", w.Code)
		}
		owner.call(200, "GET", "/api/v1/me", nil)
	})
}

// TestBudgets guesses with the own address in between, which gives no more
// guesses at others, from one network and with one address.
func TestBudgets(t *testing.T) {
	empty, err := emptyStore()
	must(t, err)
	i := installCopy(t, empty)
	i.signUp("mentor", "thief@example.org", "en")
	looked := 0
	for n := range 200 {
		send := func(email, password string) int {
			return i.from("192.0.2.9", "/api/v1/tokens", asText(object{"email": email, "password": password}), asJSON).Code
		}
		if send(fmt.Sprintf("victim%d@example.org", n), "one password for all of them") == 401 {
			looked++
		}
		send("thief@example.org", password)
	}
	if looked > 40 {
		t.Errorf("%d guesses from one network", looked)
	}
	for text, want := range map[string]string{
		"192.0.2.9": "192.0.2.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
	} {
		if got := neighbourhood(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s counts as %s", text, got)
		}
	}
	if budgets[tryMail].address.Most >= models.LinkLives[models.LinkSignIn] || budgets[tryMail].device.Most >= models.LinkLives[models.LinkSignIn] {
		t.Error("whoever asks for too many mails may have no link that works")
	}
}

// TestThousandSignUps signs a thousand addresses up, as a program does: without
// the mail there is no account, no profile, and nothing for staff to do.
func TestThousandSignUps(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		must(t, i.Store.CreateProgramme(t.Context(), "", &models.Programme{Name: "Puente", Locale: "es"}))
		staff := i.withRole(models.AccountStaff, "ana@example.org")
		programme := staff.call(200, "GET", "/api/v1/programmes", nil).text("items.0.id")
		filled := one(map[string]string{"role": "both", "name": "Bot", "password": password, "country": "US", "terms": "on"})
		i.budgets = generous()
		cheapHashes(t)
		signUps, trapped := 1000, 0
		for n := range signUps {
			filled.Set("email", fmt.Sprintf("bot%d@example.org", n))
			filled.Del("website")
			if n%10 == 9 {
				filled.Set("website", "https://spam.example")
				trapped++
			}
			if w := i.from(networkOf(n), "/es/sign-up", filled.Encode(), formType); w.Code != 303 || w.Header().Get("Location") != "/es/mail-sent" {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		for _, role := range []string{"mentee", "mentor"} {
			if got := staff.call(200, "GET", "/api/v1/profiles?role="+role+"&programme="+programme, nil); len(got.at("items").([]any)) != 0 {
				t.Errorf("staff sees %s", got.w.Body)
			}
		}
		counts, err := i.Store.CountProfiles(t.Context(), models.People{Programme: programme, Homes: models.Homes{Any: true}})
		mails, e := i.Store.Mails(t.Context(), 0, 2000)
		if err != nil || e != nil || len(counts) != 0 || len(mails) != signUps-trapped {
			t.Errorf("%v profiles, %d mails: %v %v", counts, len(mails), err, e)
		}
		i.nobody().call(401, "POST", "/api/v1/tokens", object{"email": "bot1@example.org", "password": password})
	})
}
