package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"puente/jobs"
	"puente/models"
)

// keyed sends a request with a key and gives its answer.
func (p person) keyed(method, path, key string, body any, headers ...string) *httptest.ResponseRecorder {
	headers = append(headers, keyHeader+": "+key)
	if p.token != "" {
		headers = append(headers, "Authorization: Bearer "+p.token)
	}
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		must(p.t, err)
		text, headers = string(data), append(headers, asJSON)
	}
	return ask(p, method, path, text, headers...)
}

// same says whether two answers are the same to a client: status, body, and
// the headers that belong to the answer.
func same(a, b *httptest.ResponseRecorder) bool {
	for _, name := range keptHeaders {
		if strings.Join(a.Header().Values(name), "|") != strings.Join(b.Header().Values(name), "|") {
			return false
		}
	}
	return a.Code == b.Code && bytes.Equal(a.Body.Bytes(), b.Body.Bytes())
}

// rounds counts the rounds of a programme.
func (i *installation) rounds(programme string) int {
	i.t.Helper()
	all, err := i.Store.Rounds(i.t.Context(), programme)
	must(i.t, err)
	return len(all)
}

// TestIdempotency sends requests again in every way that a client may.
func TestIdempotency(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		admin, staff := i.withRole(models.AccountAdmin, "ada@example.org"), i.withRole(models.AccountStaff, "ana@example.org")
		programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
		round := object{"programme": programme, "name": "Primavera", "start": "2027-01-04"}

		t.Run("32 at once", func(t *testing.T) { parallel(t, i, staff, programme, round) })
		t.Run("again", func(t *testing.T) {
			before, round := i.rounds(programme), object{"programme": programme, "name": "Verano"}
			first := staff.keyed("POST", "/api/v1/rounds", "again", round, "Accept-Language: es")
			for _, key := range []string{"again", `"again"`} { // a structured string and its characters are one key
				if w := staff.keyed("POST", "/api/v1/rounds", key, round, "Accept-Language: fr"); !same(first, w) || w.Code != 201 {
					t.Errorf("%d %s %v, the first was %d %s", w.Code, w.Body, w.Header(), first.Code, first.Body)
				}
			}
			other := object{"programme": programme, "name": "Otoño", "start": "2027-01-04"}
			if w := staff.keyed("POST", "/api/v1/rounds", "again", other); w.Code != 422 || readProblem(t, w).Errors[0].Code != "key_other" {
				t.Errorf("another body: %d", w.Code)
			}
			if w := staff.keyed("POST", "/api/v1/programmes/"+programme+"/preview", "again", object{"settings": object{}}); w.Code != 200 {
				t.Errorf("what only computes looks at no key: %d %s", w.Code, w.Body)
			}
			if w := admin.keyed("POST", "/api/v1/rounds", "again", other); w.Code != 201 {
				t.Errorf("somebody else's key: %d %s", w.Code, w.Body)
			}
			if after := i.rounds(programme); after != before+2 {
				t.Errorf("%d rounds, then %d", before, after)
			}
		})
		t.Run("a refusal is an answer", func(t *testing.T) {
			taken := object{"name": "Puente", "locale": "es"}
			first := admin.keyed("POST", "/api/v1/programmes", "taken", taken)
			if w := admin.keyed("POST", "/api/v1/programmes", "taken", taken); first.Code != 409 || !same(first, w) {
				t.Errorf("%d %s, then %d %s", first.Code, first.Body, w.Code, w.Body)
			}
		})
		t.Run("no key", func(t *testing.T) {
			for _, key := range []string{"", `""`, `"open`, "two words", "a,b", "ñ", strings.Repeat("k", 256), "a\x01"} {
				if w := staff.keyed("POST", "/api/v1/rounds", key, round); w.Code != 400 || readProblem(t, w).Errors[0].Pointer != "/header/Idempotency-Key" {
					t.Errorf("%q: %d", key, w.Code)
				}
			}
			if w := staff.keyed("POST", "/api/v1/rounds", "a", round, keyHeader+": b"); w.Code != 400 {
				t.Errorf("two keys: %d", w.Code)
			}
		})
		t.Run("secrets", func(t *testing.T) { secretsOfKeys(t, i) })
		t.Run("an end that is not told", func(t *testing.T) { abandoned(t, i, staff, programme) })
		t.Run("schedules", func(t *testing.T) { schedules(t, i, []person{admin, staff}, programme) })
		t.Run("upkeep", func(t *testing.T) {
			if n, err := i.Store.DeleteExpiredRequests(t.Context()); n != 0 || err != nil {
				t.Errorf("%d forgotten before their time, %v", n, err)
			}
			must(t, i.Store.Gorm.Exec("UPDATE request_keys SET created_at = ?, expires_at = ?", time.Unix(0, 0).UTC(), time.Unix(1, 0).UTC()).Error)
			before, other := i.rounds(programme), object{"programme": programme, "name": "Invierno"}
			if w := staff.keyed("POST", "/api/v1/rounds", "again", other); w.Code != 201 || i.rounds(programme) != before+1 {
				t.Errorf("a key whose time is over: %d", w.Code)
			}
			if n, err := i.Store.DeleteExpiredRequests(t.Context()); n == 0 || err != nil {
				t.Errorf("%d forgotten, %v", n, err)
			}
		})
	})
}

// parallel sends one request 32 times at once.
func parallel(t *testing.T, i *installation, staff person, programme string, round object) {
	answers := make([]*httptest.ResponseRecorder, 32)
	var wait sync.WaitGroup
	for n := range answers {
		wait.Go(func() { answers[n] = staff.keyed("POST", "/api/v1/rounds", "parallel", round) })
	}
	wait.Wait()
	done := staff.keyed("POST", "/api/v1/rounds", "parallel", round)
	made := 0
	for _, w := range answers {
		switch {
		case w.Code == 201 && same(w, done):
			made++
		case w.Code == 409 && w.Header().Get("Retry-After") != "":
		default:
			t.Errorf("%d %s, the answer is %d %s", w.Code, w.Body, done.Code, done.Body)
		}
	}
	if made == 0 || i.rounds(programme) != 1 {
		t.Errorf("%d answers, %d rounds", made, i.rounds(programme))
	}
}

// secretsOfKeys signs somebody in twice with one key, and looks for what only
// the client may have.
func secretsOfKeys(t *testing.T, i *installation) {
	person := i.signUp("mentor", "dana@example.org", "en")
	person.token = ""
	in := object{"email": "dana@example.org", "password": password}
	key := "canary-key-51c2"
	first := person.keyed("POST", "/api/v1/tokens", key, in)
	if w := person.keyed("POST", "/api/v1/tokens", key, in); first.Code != 201 || !same(first, w) {
		t.Fatalf("%d %s, then %d %s", first.Code, first.Body, w.Code, w.Body)
	}
	var token Token
	must(t, json.Unmarshal(first.Body.Bytes(), &token))
	var rows []models.RequestKey
	must(t, i.Store.Gorm.Find(&rows).Error)
	text := fmt.Sprint(rows)
	for _, secret := range []string{token.AccessToken, token.AccessToken[len(token.AccessToken)-20:], key, password, "dana@", "192.0.2.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the store holds %q", secret)
		}
	}
	elsewhere := httptest.NewRequest(http.MethodPost, "/api/v1/tokens", strings.NewReader(`{"email":"dana@example.org","password":"`+password+`"}`))
	elsewhere.RemoteAddr = "198.51.100.7:4000"
	elsewhere.Header.Set("Content-Type", "application/json")
	elsewhere.Header.Set(keyHeader, key)
	w := httptest.NewRecorder()
	i.ServeHTTP(w, elsewhere)
	if w.Code != 201 || same(first, w) {
		t.Errorf("the key of another network: %d", w.Code)
	}
	var sessions int64
	must(t, i.Store.Gorm.Model(&models.Session{}).Count(&sessions).Error)
	if want := int64(5); sessions != want { // two of staff, one of signing up, two of these
		t.Errorf("%d sessions, not %d", sessions, want)
	}
}

// abandoned takes requests up that end without an answer: before and after
// their time is over.
func abandoned(t *testing.T, i *installation, staff person, programme string) {
	before, round := i.rounds(programme), object{"programme": programme, "name": "Luna"}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/rounds", strings.NewReader(`{}`)).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+staff.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(keyHeader, "gone")
	i.ServeHTTP(httptest.NewRecorder(), r)
	if w := staff.keyed("POST", "/api/v1/rounds", "left", round); w.Code != 201 {
		t.Fatal(w.Code)
	}
	reset := func(until time.Time) {
		must(t, i.Store.Gorm.Exec("UPDATE request_keys SET status = 0, answer = '', claimed_until = ? WHERE created_at = (SELECT max(created_at) FROM request_keys)", until.UTC()).Error)
	}
	reset(time.Now().Add(time.Minute))
	if w := staff.keyed("POST", "/api/v1/rounds", "left", round); w.Code != 409 || readProblem(t, w).Code != CodeConflict {
		t.Errorf("an attempt under way: %d", w.Code)
	}
	reset(time.Now().Add(-time.Second))
	if w := staff.keyed("POST", "/api/v1/rounds", "left", object{"programme": programme, "name": "x"}); w.Code != 422 {
		t.Errorf("an attempt that has ended, another body: %d", w.Code)
	}
	must(t, i.Store.Gorm.Exec("UPDATE rounds SET name = 'Sol' WHERE name = 'Luna'").Error)
	if w := staff.keyed("POST", "/api/v1/rounds", "left", round); w.Code != 201 || i.rounds(programme) != before+2 {
		t.Errorf("an attempt that has ended: %d, %d rounds", w.Code, i.rounds(programme)-before)
	}
}

// schedules plays random schedules: several people, few keys, several requests
// at once, repeated until they are answered. The effects are as many as the
// distinct keys of people, and each key has one answer.
func schedules(t *testing.T, i *installation, people []person, programme string) {
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		before := i.rounds(programme)
		type use struct{ who, key int }
		uses := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) use {
			return use{rapid.IntRange(0, len(people)-1).Draw(t, "who"), rapid.IntRange(0, 3).Draw(t, "key")}
		}), 1, 12).Draw(t, "uses")
		at := rapid.IntRange(1, 6).Draw(t, "at once")
		var mu sync.Mutex
		answers := map[use]string{}
		for len(uses) > 0 {
			now := uses[:min(at, len(uses))]
			uses = uses[len(now):]
			var wait sync.WaitGroup
			for _, u := range now {
				wait.Go(func() {
					w := people[u.who].keyed("POST", "/api/v1/rounds", fmt.Sprintf("run-%d-%d", run, u.key), object{"programme": programme, "name": fmt.Sprint(run, u)})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case w.Header().Get("Retry-After") != "":
						uses = append(uses, u)
					case answers[u] == "":
						answers[u] = w.Body.String()
					}
					if w.Header().Get("Retry-After") == "" && (w.Code != 201 || answers[u] != w.Body.String()) {
						t.Errorf("%+v: %d %s, before %s", u, w.Code, w.Body, answers[u])
					}
				})
			}
			wait.Wait()
		}
		if made := i.rounds(programme) - before; made != len(answers) {
			t.Fatalf("%d rounds of %d distinct keys", made, len(answers))
		}
	})
}

// killedChild names the store that a child process serves, see TestMain.
const killedChild = "PUENTE_TEST_SERVE"

// childKey is the key of the tokens of killed servers.
var childKey = ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))

// childOptions are those of a server that others go on after it was killed.
func childOptions(store *models.Store, queue *jobs.Queue) Options {
	limits := DefaultLimits
	limits.Deadline = time.Second
	public, _ := childKey.Public().(ed25519.PublicKey)
	return Options{
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: "1.2.3", Store: store, Queue: queue, Limits: limits, Secret: childKey.Seed(),
		Tokens: &Tokens{
			Issuer: "http://puente.test", Audience: "http://puente.test", Life: time.Hour, Now: time.Now,
			Keys: map[string]ed25519.PublicKey{"k1": public}, KeyID: "k1", Private: childKey,
		},
	}
}

// serveUntilKilled is the child process: it prints its address and serves.
func serveUntilKilled(dsn string) {
	ctx := context.Background()
	store, err := models.Open(ctx, dsn, time.Now)
	var queue *jobs.Queue
	if err == nil {
		queue, err = jobs.NewQueue(store, jobs.QueueOptions{})
	}
	var l net.Listener
	if err == nil {
		l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err == nil {
		fmt.Println(l.Addr())
		err = New(childOptions(store, queue)).Serve(ctx, l)
	}
	panic(err)
}

// TestIdempotencyKilled kills a server again and again while a client sends
// requests with keys, each until it is answered. None takes effect twice, none
// is lost.
func TestIdempotencyKilled(t *testing.T) {
	const kills = 6
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := newDatabase(t, kind)
			store, err := models.Open(t.Context(), dsn, time.Now)
			must(t, err)
			defer store.Close()
			queue, err := jobs.NewQueue(store, jobs.QueueOptions{})
			must(t, err)
			i := &installation{Server: New(childOptions(store, queue)), t: t, log: &logBuffer{}, dsn: dsn}
			staff, admin := i.withRole(models.AccountStaff, "ana@example.org"), i.withRole(models.AccountAdmin, "ada@example.org")
			programme := admin.call(201, "POST", "/api/v1/programmes", object{"name": "Puente", "locale": "es"}).text("id")
			chance := rand.New(rand.NewPCG(1, uint64(len(kind))))

			keys, running := 0, 0
			for range kills {
				addr, kill := startChild(t, dsn)
				soon := sync.OnceFunc(func() { time.AfterFunc(time.Duration(chance.IntN(250))*time.Millisecond, kill) })
				for killed := false; !killed; {
					for { // the same key until it is answered, by this server or the next
						status, err := postRound(addr, staff.token, programme, keys)
						if killed = err != nil; killed || status == 201 {
							break
						}
						if status != 409 {
							t.Fatalf("status %d", status)
						}
						running++
						time.Sleep(50 * time.Millisecond)
					}
					if !killed {
						keys++
						soon()
					}
				}
				kill()
			}
			addr, kill := startChild(t, dsn)
			defer kill()
			for status := 0; status != 201; time.Sleep(20 * time.Millisecond) { // the last one that was not answered
				status, err = postRound(addr, staff.token, programme, keys)
				must(t, err)
			}
			if got := i.rounds(programme); got != keys+1 || keys < kills {
				t.Errorf("%d rounds of %d keys", got, keys+1)
			}
			t.Logf("%d kills, %d keys, %d times told to wait", kills, keys+1, running)
		})
	}
}

// startChild starts a server and gives its address, and what kills it.
func startChild(t *testing.T, dsn string) (addr string, kill func()) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), killedChild+"="+dsn)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	_, err = fmt.Fscanln(out, &addr)
	must(t, err)
	return addr, sync.OnceFunc(func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	})
}

// postRound asks for a round with the key of a number.
func postRound(addr, token, programme string, n int) (status int, err error) {
	body := fmt.Sprintf(`{"programme":%q,"name":"round %d"}`, programme, n)
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/api/v1/rounds", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set(keyHeader, fmt.Sprintf("key-%d", n))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}
