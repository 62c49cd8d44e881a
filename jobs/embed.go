package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"puente/matching"
	"puente/models"
)

// Embeddings is a service that turns texts into vectors, by the interface that
// OpenAI's has and many others copy. What it is sent leaves the installation.
type Embeddings struct {
	base  *url.URL
	model string
	key   string
}

// The limits of one request.
const (
	embedTime  = 30 * time.Second
	embedBytes = 16 << 20 // of an answer: twice what embedBatch of the longest vectors take
	embedBatch = 16       // texts
)

// The errors of settings.
var (
	ErrEmbeddingsURL   = errors.New("not the address of a service: https, or http within one's own network, without a user, query or fragment")
	ErrEmbeddingsModel = errors.New("a service of embeddings needs the name of a model")
)

// NewEmbeddings takes the base of the interface, such as https://host/v1, the
// name of a model, and a key, "" where the service asks for none. Without a base
// there is no service: nil. Errors are the two above.
func NewEmbeddings(base, model, key string) (*Embeddings, error) {
	if base == "" {
		return nil, nil //nolint:nilnil // as the comment says
	}
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !inside(u.Hostname())) {
		return nil, ErrEmbeddingsURL
	}
	if model = strings.TrimSpace(model); model == "" {
		return nil, ErrEmbeddingsModel
	}
	u.Host = strings.ToLower(u.Host)
	return &Embeddings{base: u.JoinPath("embeddings"), model: model, key: key}, nil
}

// inside says whether a host is of one's own network: this machine, a private
// address, or a name without a dot.
func inside(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return !strings.Contains(host, ".")
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate()
}

// Service is the host that texts are sent to, with its port if it has one.
func (e *Embeddings) Service() string { return e.base.Host }

// AgreedText is the version of the text of the consent that covers this service
// and no other.
func (e *Embeddings) AgreedText() string { return wordsText + " " + e.base.Host }

// wordsText is the version of words.agree; raise it with what that promises.
const wordsText = "1"

// EmbedError says why there are no vectors. It repeats neither what was sent
// nor what came back.
type EmbedError struct {
	Status int           // of the answer, 0 without one
	Reason string        // for the log
	After  time.Duration // how long the service wants to be left alone, 0 if it did not say
	Err    error
}

func (e *EmbedError) Error() string {
	text := "no vectors: " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *EmbedError) Unwrap() error { return e.Err }

// refused says whether the service would not take these texts, as opposed to
// any.
func (e *EmbedError) refused() bool {
	return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge || e.Status == http.StatusUnprocessableEntity
}

// operators is where services may be that the operator of the installation
// names: the own network too, but not where clouds tell machines their secrets.
var operators = &Outbound{Loopback: true, Private: true}

// embedClient follows no redirect: texts go where staff said, and nowhere else.
var embedClient = &http.Client{
	Timeout:       embedTime,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: operators.Dialer().DialContext, TLSHandshakeTimeout: 10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, MaxIdleConns: 2, ForceAttemptHTTP2: true,
	},
}

// Vectors asks for the vectors of texts, as [models.Vector] has them, in the
// order of the texts. Its errors are [*EmbedError].
func (e *Embeddings) Vectors(ctx context.Context, texts []string) ([][]byte, error) {
	data, err := e.ask(ctx, texts)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data []struct {
			Index     int        `json:"index"`
			Embedding []*float64 `json:"embedding"` // null is no number
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, &EmbedError{Status: http.StatusOK, Reason: "the answer is not what it should be"} // the error may repeat it
	}
	if len(answer.Data) != len(texts) {
		return nil, &EmbedError{Status: http.StatusOK, Reason: fmt.Sprintf("%d vectors of %d texts", len(answer.Data), len(texts))}
	}
	vectors := make([][]byte, len(texts))
	for _, d := range answer.Data {
		if d.Index < 0 || d.Index >= len(texts) || vectors[d.Index] != nil || len(d.Embedding) != len(answer.Data[0].Embedding) {
			return nil, &EmbedError{Status: http.StatusOK, Reason: "vectors of other texts, or of different lengths"}
		}
		if vectors[d.Index] = quantized(d.Embedding); vectors[d.Index] == nil {
			return nil, &EmbedError{Status: http.StatusOK, Reason: fmt.Sprintf("a vector of %d numbers is none", len(d.Embedding))}
		}
	}
	return vectors, nil
}

// ask sends texts and gives the body of the answer.
func (e *Embeddings) ask(ctx context.Context, texts []string) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"model": e.model, "input": texts, "encoding_format": "float"})
	if err != nil {
		return nil, &EmbedError{Reason: "no request", Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.base.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &EmbedError{Reason: "no request", Err: err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if e.key != "" {
		r.Header.Set("Authorization", "Bearer "+e.key)
	}
	answer, err := embedClient.Do(r)
	if err != nil {
		return nil, &EmbedError{Reason: "no answer", Err: err}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, &EmbedError{Status: answer.StatusCode, Reason: "status " + strconv.Itoa(answer.StatusCode), After: retryAfterOf(answer.Header)}
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, embedBytes+1))
	switch {
	case err != nil:
		return nil, &EmbedError{Status: answer.StatusCode, Reason: "the answer breaks off", Err: err}
	case len(data) > embedBytes:
		return nil, &EmbedError{Status: answer.StatusCode, Reason: "the answer is too long"}
	}
	return data, nil
}

// retryAfterOf reads for how long a service wants to be left alone, an hour at
// most.
func retryAfterOf(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	seconds, err := strconv.ParseInt(text, 10, 32)
	after := time.Duration(seconds) * time.Second
	if err != nil {
		at, err := http.ParseTime(text)
		now, unknown := http.ParseTime(h.Get("Date")) // by the clock of whoever says until when
		if err != nil || unknown != nil {
			return 0
		}
		after = at.Sub(now)
	}
	return max(0, min(after, longestPause))
}

// quantized makes the whole numbers of a vector: brought to length 1, times
// [matching.VectorLength], rounded. It is nil for what is no vector: without a
// number, with too many, or of length 0.
func quantized(v []*float64) []byte {
	greatest := 0.0
	for _, x := range v {
		if x == nil {
			return nil
		}
		greatest = max(greatest, math.Abs(*x))
	}
	if greatest == 0 || len(v) > matching.MaxVector {
		return nil
	}
	sum := 0.0
	for _, x := range v {
		sum += (*x / greatest) * (*x / greatest) // so that no square is too great or too small
	}
	scale := matching.VectorLength / math.Sqrt(sum)
	out := make([]byte, len(v))
	for i, x := range v {
		out[i] = byte(int8(math.Round(*x / greatest * scale)))
	}
	return out
}

// vectorsOf reads the vectors of a programme's people by code, or of some of
// them; none where the settings give them no weight.
func vectorsOf(ctx context.Context, store *models.Store, programme string, s *Settings, codes ...string) (map[string]models.Vector, error) {
	if s.Weights[matching.Similarity] == 0 {
		return nil, nil //nolint:nilnil // as the comment says
	}
	return store.Vectors(ctx, programme, codes...)
}

// vector is what the engine knows of somebody's own words, nil where it knows
// nothing.
func (b *builder) vector(code string) *matching.Vector {
	v, ok := b.vectors[code]
	if !ok {
		return nil
	}
	return &matching.Vector{Model: v.Model, Values: v.Values}
}
