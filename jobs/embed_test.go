package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"

	"puente/matching"
	"puente/models"
	"puente/web"
)

// service is an OpenAI-compatible service in this process: a text's vector
// counts its letters a to h, so that texts of the same letters are alike.
type service struct {
	*httptest.Server

	mu       sync.Mutex
	sent     []string // texts
	requests atomic.Int32
	broken   atomic.Pointer[http.HandlerFunc] // answers instead, if it is there
}

const (
	serviceKey   = "sk-canary-9d2f"
	serviceModel = "letters"
)

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if broken := s.broken.Load(); broken != nil {
			(*broken)(w, r)
			return
		}
		s.answer(t, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) answer(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model          string   `json:"model"`
		Input          []string `json:"input"`
		EncodingFormat string   `json:"encoding_format"`
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil || in.EncodingFormat != "float" || in.Model == "" || r.Method != http.MethodPost ||
		r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+serviceKey {
		t.Errorf("it was asked %s %s with %+v: %v", r.Method, r.URL, in, err)
	}
	s.mu.Lock()
	s.sent = append(s.sent, in.Input...)
	s.mu.Unlock()
	type vector struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float64 `json:"embedding"`
	}
	out := struct {
		Object string         `json:"object"`
		Data   []vector       `json:"data"`
		Usage  map[string]int `json:"usage"`
	}{"list", nil, map[string]int{"total_tokens": 3}}
	for i, text := range in.Input {
		if strings.Contains(text, "poison") {
			http.Error(w, "too long", http.StatusBadRequest)
			return
		}
		v := make([]float64, 8)
		for _, r := range text {
			if r >= 'a' && r <= 'h' {
				v[r-'a']++
			}
		}
		out.Data = append(out.Data, vector{"embedding", i, v})
	}
	slices.Reverse(out.Data) // the index counts, not the order
	if err := json.NewEncoder(w).Encode(out); err != nil {
		t.Log(err) // the asker has gone
	}
}

func (s *service) embeddings(t *testing.T) *Embeddings {
	t.Helper()
	e, err := NewEmbeddings(s.URL+"/v1", serviceModel, serviceKey)
	must(t, err)
	return e
}

// failures are the ways in which a service gives no vectors of two texts.
func failures(t *testing.T) map[string]http.HandlerFunc {
	t.Helper()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	data := func(vectors ...string) http.HandlerFunc {
		return text(200, `{"data":[`+strings.Join(vectors, ",")+`]}`)
	}
	return map[string]http.HandlerFunc{
		"no key":         text(401, `{"error":{"message":"`+serviceKey+` is wrong"}}`),
		"no model":       text(404, ``),
		"a defect":       text(500, `the text was: my boxes`),
		"an empty one":   text(200, ``),
		"not JSON":       text(200, `<html>my boxes</html>`),
		"another object": text(200, `{"error":"my boxes"}`),
		"null":           text(200, `null`),
		"trailing":       text(200, `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]} x`),
		"a text":         data(`{"index":0,"embedding":"AAAA"}`, `{"index":1,"embedding":"AAAA"}`),
		"too few":        data(`{"index":0,"embedding":[1,2]}`),
		"too many":       data(`{"index":0,"embedding":[1]}`, `{"index":1,"embedding":[1]}`, `{"index":2,"embedding":[1]}`),
		"twice the same": data(`{"index":0,"embedding":[1]}`, `{"index":0,"embedding":[1]}`),
		"an index below": data(`{"index":-1,"embedding":[1]}`, `{"index":1,"embedding":[1]}`),
		"an index above": data(`{"index":0,"embedding":[1]}`, `{"index":2,"embedding":[1]}`),
		"two lengths":    data(`{"index":0,"embedding":[1,2]}`, `{"index":1,"embedding":[1]}`),
		"no numbers":     data(`{"index":0,"embedding":[]}`, `{"index":1,"embedding":[]}`),
		"only zeros":     data(`{"index":0,"embedding":[0,0]}`, `{"index":1,"embedding":[1,0]}`),
		"NaN":            data(`{"index":0,"embedding":[NaN,1]}`, `{"index":1,"embedding":[1,1]}`),
		"null for NaN":   data(`{"index":0,"embedding":[null,1]}`, `{"index":1,"embedding":[1,1]}`),
		"infinite":       data(`{"index":0,"embedding":[1e999,1]}`, `{"index":1,"embedding":[1,1]}`),
		"too long a vector": func(w http.ResponseWriter, _ *http.Request) {
			long := strings.Repeat("1,", matching.MaxVector) + "1"
			data(`{"index":0,"embedding":[`+long+`]}`, `{"index":1,"embedding":[`+long+`]}`)(w, nil)
		},
		"too long an answer": func(w http.ResponseWriter, _ *http.Request) {
			part := strings.Repeat(" ", 1<<20)
			for range embedBytes>>20 + 1 {
				fmt.Fprint(w, part)
			}
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"data":[`)
		},
		"hung up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/v1/embeddings", http.StatusTemporaryRedirect)
		},
		"too many requests": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"away until tomorrow": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(2 * time.Second):
			}
		},
	}
}

// afters are the failures after which a service wants to be left alone.
var afters = map[string]time.Duration{"too many requests": 2 * time.Minute, "away until tomorrow": time.Hour}

// TestEmbeddingsFail wants every failure to be an error that tells neither the
// texts nor the key nor what came back.
func TestEmbeddingsFail(t *testing.T) {
	s := newService(t)
	e := s.embeddings(t)
	for name, answer := range failures(t) {
		t.Run(name, func(t *testing.T) {
			s.broken.Store(&answer)
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			vectors, err := e.Vectors(ctx, []string{"my boxes", "customs"})
			failed := (*EmbedError)(nil)
			if vectors != nil || !errors.As(err, &failed) || failed.After != afters[name] {
				t.Fatalf("%v, %v", vectors, err)
			}
			if text := err.Error(); strings.Contains(text, "boxes") || strings.Contains(text, serviceKey) || strings.Contains(text, "html") {
				t.Errorf("it tells %q", text)
			}
		})
	}
	s.broken.Store(nil)
	vectors, err := e.Vectors(t.Context(), []string{"aaab", "h"})
	must(t, err)
	if want := [][]byte{{120, 40, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 127}}; !cmp.Equal(vectors, want) {
		t.Errorf("%v, want %v", vectors, want)
	}
	s.Close()
	if _, err := e.Vectors(t.Context(), []string{"a"}); !errors.As(err, new(*EmbedError)) {
		t.Errorf("without a service: %v", err)
	}
}

func TestNewEmbeddings(t *testing.T) {
	for _, c := range []struct {
		url, model string
		want       error
		service    string
	}{
		{"", "", nil, ""},
		{"", "m", nil, ""},
		{"https://API.example.org/v1", "m", nil, "api.example.org"},
		{"https://api.example.org:8443", "m", nil, "api.example.org:8443"},
		{"http://localhost:11434/v1/", "m", nil, "localhost:11434"},
		{"http://127.0.0.1:1/v1", "m", nil, "127.0.0.1:1"},
		{"http://[::1]:1/v1", "m", nil, "[::1]:1"},
		{"http://10.1.2.3/v1", "m", nil, "10.1.2.3"},
		{"http://ollama:11434/v1", "m", nil, "ollama:11434"},
		{"http://api.example.org/v1", "m", ErrEmbeddingsURL, ""},
		{"http://8.8.8.8/v1", "m", ErrEmbeddingsURL, ""},
		{"http://[::ffff:8.8.8.8]/v1", "m", ErrEmbeddingsURL, ""},
		{"https://u:p@example.org/v1", "m", ErrEmbeddingsURL, ""},
		{"https://example.org/v1?key=1", "m", ErrEmbeddingsURL, ""},
		{"https://example.org/v1#x", "m", ErrEmbeddingsURL, ""},
		{"ftp://example.org", "m", ErrEmbeddingsURL, ""},
		{"example.org", "m", ErrEmbeddingsURL, ""},
		{"https://", "m", ErrEmbeddingsURL, ""},
		{"https://\x7f", "m", ErrEmbeddingsURL, ""},
		{"https://example.org", " ", ErrEmbeddingsModel, ""},
	} {
		e, err := NewEmbeddings(c.url, c.model, "k")
		if !errors.Is(err, c.want) || (e != nil) != (c.service != "") || e != nil && e.Service() != c.service {
			t.Errorf("%s: %+v %v", c.url, e, err)
		}
	}
}

// TestQuantized makes vectors of numbers of any size.
func TestQuantized(t *testing.T) {
	for _, size := range []float64{5e-324, 1e-200, 1, 1e200, math.MaxFloat64} {
		three, minus := 3*size, -4*size
		if size == math.MaxFloat64 {
			three, minus = size*0.75, -size
		}
		if got := quantized([]*float64{&three, &minus}); !slices.Equal(got, []byte{76, 154}) { // 0.6 and -0.8 of 127
			t.Errorf("of %g: %v", size, got)
		}
	}
}

// TestQuantizedKeepsCosine says how far the rounding of vectors moves cosines
// and shares.
func TestQuantizedKeepsCosine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const pairs, n = 2000, 1536
	worst, sum, moved := 0.0, 0.0, 0
	for range pairs {
		near := r.Float64()
		a, b := make([]*float64, n), make([]*float64, n)
		var ab, aa, bb float64
		for i := range n {
			x := r.NormFloat64()
			y := near*x + (1-near)*r.NormFloat64()
			a[i], b[i] = &x, &y
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		s := &matching.Snapshot{Mentors: []matching.Mentor{{ID: "M", Vector: &matching.Vector{Values: quantized(b)}}}}
		e := &matching.Mentee{ID: "E", Vector: &matching.Vector{Values: quantized(a)}}
		dot := 0
		for i, v := range e.Vector.Values {
			dot += int(int8(v)) * int(int8(s.Mentors[0].Vector.Values[i]))
		}
		cosine := ab / math.Sqrt(aa*bb)
		off := math.Abs(float64(dot)/(matching.VectorLength*matching.VectorLength) - cosine)
		worst, sum = max(worst, off), sum+off
		set := matching.Settings{Weights: matching.Weights{matching.Similarity: 1}}
		share := int(matching.NewIndex(s, &set, 1).Explain(e, 0).Lines[0].Share)
		if d := share - int(math.Round(60*max(0, cosine))); d != 0 {
			if moved++; d < -2 || d > 2 {
				t.Errorf("a cosine of %.3f gives %d", cosine, share)
			}
		}
	}
	t.Logf("cosines are off by %.4f on average, %.4f at most; %d of %d shares moved", sum/pairs, worst, moved, pairs)
	if worst > 0.03 {
		t.Errorf("a cosine is off by %.4f", worst)
	}
}

// letters saves own words of the first people of both sides: each mentee's are
// those of one mentor.
func (s *stored) letters(t *testing.T, q *Queue) {
	t.Helper()
	for i, words := range []string{"aaaa", "bbbb", "cccc"} {
		for _, code := range []string{s.Mentees[i].ID, s.Mentors[2+i].ID} {
			row, err := s.ProfileByCode(t.Context(), s.programme.ID, code)
			must(t, err)
			must(t, q.SaveWords(t.Context(), "", row.UID, words, "es"))
		}
	}
}

// jobState is where the job that asks for vectors stands.
func (s *stored) jobState(t *testing.T) (state string) {
	t.Helper()
	must(t, s.SQL.QueryRowContext(t.Context(), "SELECT state FROM river_job WHERE kind = 'embed' ORDER BY id DESC LIMIT 1").Scan(&state))
	return state
}

// until waits for something to come about.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: never", what)
		}
	}
}

// TestEmbeddingsNeverBlock breaks the service in every way: mentors are
// suggested as before, and the words wait.
func TestEmbeddingsNeverBlock(t *testing.T) {
	words := Words{Lang: "en", Text: web.Text}
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		service := newService(t)
		var log strings.Builder
		q, err := NewQueue(s.Store, QueueOptions{Embeddings: service.embeddings(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
		must(t, err)
		similar, err := s.otherSettings(t, `{"weights":{"similarity":300}}`)
		must(t, err)
		row, err := s.ProfileByCode(t.Context(), similar, s.Mentees[0].ID)
		must(t, err)
		a := NewAdvisor(s.Store)
		want, err := a.Suggest(t.Context(), row, 5, words)
		must(t, err)
		s.letters(t, q)
		worker := &embedWorker{queue: q}
		for name, answer := range failures(t) {
			service.broken.Store(&answer)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			err := worker.Work(ctx, &river.Job[embedArgs]{})
			cancel()
			snooze := (*river.JobSnoozeError)(nil)
			if err == nil || errors.As(err, &snooze) != (afters[name] > 0) || snooze != nil && snooze.Duration != afters[name] {
				t.Errorf("%s: %v", name, err)
			}
			got, err := a.Suggest(t.Context(), row, 5, words)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: other suggestions:\n%s", name, diff)
			}
		}
		if text := log.String(); !strings.Contains(text, "texts have no vectors yet") || strings.Contains(text, "aaaa") || strings.Contains(text, serviceKey) {
			t.Errorf("the log: %s", text)
		}

		service.broken.Store(nil)
		must(t, worker.Work(t.Context(), &river.Job[embedArgs]{}))
		got, err := a.Suggest(t.Context(), row, 5, words)
		must(t, err)
		if cmp.Equal(want, got) {
			t.Error("vectors of weight 300 change nothing")
		}
	})
}

// otherSettings gives the programme other settings, which the store
// does not do yet, and gives its id.
func (s *stored) otherSettings(t *testing.T, settings string) (string, error) {
	t.Helper()
	err := s.Gorm.WithContext(t.Context()).Exec("UPDATE programmes SET settings = ?, version = version + 1 WHERE id = ?", settings, s.programme.ID).Error
	return s.programme.ID, err
}

// TestEmbeddingsWork takes words from their writers to a proven round: by the
// queue, while the service is down and after it is back.
func TestEmbeddingsWork(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		ctx := t.Context()
		service := newService(t)
		down := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		service.broken.Store(&down)
		q := s.process(t, QueueOptions{Workers: 1, Prove: proof, Embeddings: service.embeddings(t)})
		s.letters(t, q)
		until(t, "the job backs off", func() bool { return s.jobState(t) == "retryable" })
		similar := s.closedRound(t, "similar", `{"weights":{"similarity":300}}`)
		run, err := q.StartRun(ctx, "", similar.ID)
		must(t, err)
		if _, last := ends(t, q, run.ID); last.State != models.RunFinished {
			t.Fatalf("while the service is down the run is %+v", last)
		}
		without, err := s.Run(ctx, run.ID)
		must(t, err)

		// Words that a job has not seen are found by upkeep.
		service.broken.Store(nil)
		must(t, s.Gorm.WithContext(ctx).Exec("DELETE FROM river_job WHERE kind = 'embed'").Error)
		must(t, q.askForVectors(ctx))
		must(t, q.askForVectors(ctx))
		until(t, "all have vectors", func() bool {
			all, err := s.Store.Vectors(ctx, s.programme.ID)
			must(t, err)
			return len(all) == 6
		})
		service.mu.Lock()
		sent := slices.Sorted(slices.Values(service.sent))
		service.mu.Unlock()
		if want := []string{"aaaa", "aaaa", "bbbb", "bbbb", "cccc", "cccc"}; !slices.Equal(sent, want) {
			t.Errorf("it was sent %q", sent)
		}
		requests := service.requests.Load()
		must(t, q.askForVectors(ctx)) // nothing is left to ask for
		if s.jobState(t) != "completed" {
			until(t, "the job ends", func() bool { return s.jobState(t) == "completed" })
		}
		if service.requests.Load() != requests {
			t.Error("words with a vector were sent again")
		}

		run, err = q.StartRun(ctx, "", similar.ID)
		must(t, err)
		if _, last := ends(t, q, run.ID); last.State != models.RunFinished {
			t.Fatalf("the run is %+v", last)
		}
		with, err := s.Run(ctx, run.ID)
		must(t, err)
		if with.SnapshotHash == without.SnapshotHash || !strings.Contains(with.Snapshot, `"vector"`) || strings.Contains(without.Snapshot, `"vector"`) ||
			strings.Contains(with.Result, `"vector"`) || strings.Contains(with.Snapshot, "aaaa") || !strings.Contains(with.Result, `"similarity"`) {
			t.Errorf("the snapshot does not hold what was used, or the round tells more")
		}
		again, err := Replay(ctx, with)
		must(t, err)
		if string(again) != with.Result {
			t.Error("the round made again differs")
		}
		tampered := *with
		tampered.Snapshot = strings.Replace(with.Snapshot, `"model":"letters"`, `"model":"another"`, 1)
		if _, err := Replay(ctx, &tampered); err == nil || tampered.Snapshot == with.Snapshot {
			t.Error("another vector is not noticed")
		}
		if _, err := Replay(ctx, without); err != nil {
			t.Errorf("the run without vectors: %v", err)
		}

		// With weight 0 vectors are not even read.
		plain, err := q.StartRun(ctx, "", s.round.ID)
		must(t, err)
		ends(t, q, plain.ID)
		plain, err = s.Run(ctx, plain.ID)
		must(t, err)
		if plain.State != models.RunFinished || strings.Contains(plain.Snapshot, `"vector"`) || plain.SnapshotHash != without.SnapshotHash {
			t.Errorf("the run is %s with the snapshot %s", plain.State, plain.SnapshotHash)
		}
	})
}

// TestEmbeddingsRefusedText has a text that the service does not take among
// others: they get their vectors, and it is not sent again.
func TestEmbeddingsRefusedText(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		service := newService(t)
		q, err := NewQueue(s.Store, QueueOptions{Embeddings: service.embeddings(t)})
		must(t, err)
		worker, job := &embedWorker{queue: q}, &river.Job[embedArgs]{}
		row, err := s.ProfileByCode(t.Context(), s.programme.ID, s.Mentees[9].ID)
		must(t, err)
		must(t, q.SaveWords(t.Context(), "", row.UID, "poison", "es"))
		if err := worker.Work(t.Context(), job); !errors.As(err, new(*EmbedError)) {
			t.Errorf("alone it may be the fault of the settings: %v", err)
		}
		s.letters(t, q)
		must(t, worker.Work(t.Context(), job))
		all, err := s.Store.Vectors(t.Context(), s.programme.ID)
		must(t, err)
		if len(all) != 6 {
			t.Errorf("%d vectors", len(all))
		}
		before := service.requests.Load()
		must(t, worker.Work(t.Context(), job))
		if service.requests.Load() != before {
			t.Error("it is asked for again")
		}

		// Another host is another consent: nothing goes there.
		other, err := NewEmbeddings("http://localhost:1/v1", serviceModel, "")
		must(t, err)
		q, err = NewQueue(s.Store, QueueOptions{Embeddings: other})
		must(t, err)
		must(t, s.Gorm.WithContext(t.Context()).Exec("UPDATE own_words SET model = '', vector = ''").Error)
		must(t, (&embedWorker{queue: q}).Work(t.Context(), job))
		off, err := NewQueue(s.Store, QueueOptions{})
		must(t, err)
		must(t, (&embedWorker{queue: off}).Work(t.Context(), job))
		must(t, off.askForVectors(t.Context()))
	})
}

// TestAdvisorFollowsVectors wants suggestions to follow vectors that come and
// go, without a rebuild, as from files.
func TestAdvisorFollowsVectors(t *testing.T) {
	words := Words{Lang: "fr", Text: web.Text}
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		ctx := t.Context()
		service := newService(t)
		q, err := NewQueue(s.Store, QueueOptions{Embeddings: service.embeddings(t)})
		must(t, err)
		_, err = s.otherSettings(t, `{"weights":{"similarity":300}}`)
		must(t, err)
		a := NewAdvisor(s.Store)
		row, err := s.ProfileByCode(ctx, s.programme.ID, s.Mentees[0].ID)
		must(t, err)
		settings := DefaultSettings()
		settings.Weights[matching.Similarity] = 300
		check := func(name string, vectors int) {
			t.Helper()
			s.People.Vectors, err = s.Store.Vectors(ctx, s.programme.ID)
			must(t, err)
			m, err := Prepare(s.People, MatchOptions{Settings: settings, Seed: adviceSeed})
			must(t, err)
			want := Suggested{Compared: len(s.Mentors)}
			want.Mentors, want.Refused, err = m.Advise(row.Profile.ID, 20, words)
			must(t, err)
			got, err := a.Suggest(ctx, row, 20, words)
			must(t, err)
			if diff := cmp.Diff(&want, got); diff != "" || len(s.People.Vectors) != vectors {
				t.Errorf("%s, %d vectors (-want +got):\n%s", name, len(s.People.Vectors), diff)
			}
		}
		check("nobody wrote", 0)
		at := a.programmes[s.programme.ID]
		first := at.roster.Load()
		s.letters(t, q)
		check("nothing has a vector", 0)
		must(t, (&embedWorker{queue: q}).Work(ctx, &river.Job[embedArgs]{}))
		check("all have one", 6)
		why, err := a.Why(ctx, row, s.Mentors[2].ID, 10, words)
		must(t, err)
		if last := why.Lines[len(why.Lines)-1]; last.Reason != "le sens des deux textes se ressemble : 60 sur 60" || last.Title != "textes semblables" || last.Points == 0 {
			t.Errorf("the last line is %+v", last)
		}
		mentor, err := s.ProfileByCode(ctx, s.programme.ID, s.Mentors[2].ID)
		must(t, err)
		must(t, s.WithdrawConsent(ctx, "", mentor.UID, models.PurposeSimilarity))
		check("a mentor withdrew", 5)
		must(t, s.WithdrawConsent(ctx, "", row.UID, models.PurposeSimilarity))
		check("the mentee withdrew", 4)
		if at.roster.Load() != first {
			t.Error("the index was built again")
		}
		behind, err := first.missesVectors(ctx)
		if err != nil || behind {
			t.Errorf("it misses vectors: %v", err)
		}
		must(t, s.Gorm.WithContext(ctx).Exec("DELETE FROM own_words").Error) // past the store
		if behind, err := first.missesVectors(ctx); err != nil || !behind {
			t.Errorf("it does not see that vectors are gone: %v", err)
		}
	})
}

func TestPause(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 10 * time.Second, 1: 20 * time.Second, 5: 320 * time.Second, 10: time.Hour, 1000: time.Hour} {
		if got := pause(failures); got != want {
			t.Errorf("after %d failures %v, want %v", failures, got, want)
		}
	}
}
