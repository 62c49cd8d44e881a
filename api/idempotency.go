package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"puente/models"
)

// keyHeader carries the key by which a client may send a request again.
const keyHeader = "Idempotency-Key"

const (
	maxKey    = 255            // characters of a key
	keyLife   = 24 * time.Hour // for which an answer is kept
	keyMargin = time.Second    // after the deadline of an attempt, until another may take over
	// mostNetworkKeys is how many keys of a network are remembered at a time, of
	// requests without an account. Who tries passwords with a key each fills no
	// more; who sends a request again does so long before so many others.
	mostNetworkKeys = 1000

	keyRetry = 500 * time.Millisecond // what a client waits for an attempt under way
)

// keyParameter describes the key in the document.
var keyParameter = &huma.Param{
	Name: keyHeader, In: "header", Example: `"8e03978e-40d5-43e8-bc93-6894a57f9324"`,
	Description: "Chosen by the client, unique for each change that it wants. The same request with the same key is carried out once within 24 hours, and " +
		"answered each time with the same bytes. Another request with the key gives 422, one that comes while the first is under way 409.",
	Schema: &huma.Schema{Type: huma.TypeString, Pattern: `^("[!#-+\--\[\]-~]{1,255}"|[!#-+\--\[\]-~]{1,255})$`},
}

// keptHeaders are those headers of an answer that are sent again with it; all
// others belong to the request, not to the answer.
var keptHeaders = []string{"Content-Type", "Content-Language", "Vary", "Cache-Control", "Location", "ETag", "Content-Disposition", "WWW-Authenticate"}

// keptAnswer is an answer as it is sealed.
type keptAnswer struct {
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// once lets a request with a key take effect one time: all that it writes and
// its answer are stored in one transaction, and who sends it again gets that
// answer. Answers of 500 and above are not kept, nor is one that says to wait,
// nor what was written with them.
func (s *Server) once(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	key, err := keyOf(c.Request.Header)
	if err != nil {
		writeProblem(c.Writer, c.Request, err)
		return
	}
	if key == "" || s.Store == nil {
		next(ctx)
		return
	}
	k, err := s.claim(c, key)
	switch {
	case err != nil:
		writeProblem(c.Writer, c.Request, err)
	case k.Status != 0:
		s.sendAgain(c, k)
	default:
		s.attempt(ctx, c, k, next)
	}
}

// keyOf reads the key of a request: a structured string of RFC 9651, or
// its characters alone. Without one it gives "".
func keyOf(h http.Header) (string, error) {
	values := h.Values(keyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if inner, ok := strings.CutPrefix(key, `"`); ok {
		if key, ok = strings.CutSuffix(inner, `"`); !ok {
			key = ""
		}
	}
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"\,`, r) }
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.ContainsFunc(key, odd) {
		return "", &Error{Code: CodeMalformed, Fields: []Field{{"/header/" + keyHeader, "key", map[string]any{"Max": maxKey}}}}
	}
	return key, nil
}

// claim takes a request up, or finds its answer. Who has used the key for
// another request, or is using it now, gets an error.
func (s *Server) claim(c *gin.Context, key string) (*models.RequestKey, error) {
	//lint:allow httpbody: guard has put a limit around every body
	body, err := io.ReadAll(c.Request.Body) // in memory already, if there is one
	if err != nil {
		return nil, err
	}
	c.Request.Body = io.NopCloser(bytes.NewReader(body))
	_, claim := Secret()
	now := s.Store.Now()
	r := c.Request
	address := r.URL.Path + "?" + r.URL.Query().Encode()
	k := &models.RequestKey{
		Actor: s.sender(r), Claim: claim, ClaimedUntil: now.Add(s.Limits.Deadline + keyMargin), ExpiresAt: now.Add(keyLife),
		RequestHash: digits(keyed(s.secrets.requests, []byte(r.Method), []byte(address), []byte(r.Header.Get("If-Match")), body)),
	}
	if actorOf(r.Context()) == nil {
		k.Most = mostNetworkKeys
	}
	k.KeyHash = digits(keyed(s.secrets.requests, []byte(k.Actor), []byte(key)))
	found, err := s.Store.ClaimRequest(r.Context(), k)
	switch {
	case err != nil || found == nil:
		return k, err
	case found.RequestHash != k.RequestHash:
		return nil, &Error{Code: CodeInvalid, Fields: []Field{{"/header/" + keyHeader, "key_other", nil}}}
	case found.Status == 0:
		return nil, &Error{Code: CodeConflict, Key: "problem.key_running", Retry: keyRetry}
	}
	return found, nil
}

// sender names whose keys those of a request are: the account's, or, of a
// request without one, those of the network that it comes from.
func (s *Server) sender(r *http.Request) string {
	if a := actorOf(r.Context()); a != nil {
		return a.ID
	}
	return s.network(r)
}

// neighbourhood is the part of an address that one client can be told by: all
// of version 4, the first half of version 6, of which each client has many.
func neighbourhood(addr netip.Addr) string {
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

// attempt answers a request that was claimed.
func (s *Server) attempt(ctx huma.Context, c *gin.Context, k *models.RequestKey, next func(huma.Context)) {
	out := hold(c)
	defer out.release() // also when it panics: then nothing of it is sent
	err := s.Store.Together(ctx.Context(), func(within context.Context) error {
		next(huma.WithContext(ctx, within))
		if out.status >= http.StatusInternalServerError || out.status == http.StatusTooManyRequests {
			return errNotKept
		}
		answer, err := json.Marshal(keptAnswer{kept(out.Header()), out.body.Bytes()})
		if err != nil {
			return err
		}
		sealed, err := s.secrets.answers.Seal(k.Actor+"#"+k.KeyHash, answer)
		if err != nil {
			return err
		}
		return s.Store.AnswerRequest(within, k, out.status, sealed)
	})
	out.release()
	c.Request = c.Request.WithContext(ctx.Context())
	if err == nil {
		out.send()
		return
	}
	if forgotten := s.Store.ForgetRequest(context.WithoutCancel(ctx.Context()), k); forgotten != nil {
		requestOf(ctx.Context()).note(forgotten) // another attempt takes over when the claim ends
	}
	if errors.Is(err, errNotKept) {
		out.send()
		return
	}
	out.drop()
	writeProblem(c.Writer, c.Request, err)
}

var errNotKept = errors.New("an answer that is not kept")

func kept(h http.Header) http.Header {
	some := http.Header{}
	for _, name := range keptHeaders {
		if values := h.Values(name); len(values) > 0 {
			some[http.CanonicalHeaderKey(name)] = values
		}
	}
	return some
}

// sendAgain sends an answer that is stored.
func (s *Server) sendAgain(c *gin.Context, k *models.RequestKey) {
	plain, err := k.OpenAnswer(s.secrets.answers, k.Actor+"#"+k.KeyHash)
	var answer keptAnswer
	if err == nil {
		err = json.Unmarshal(plain, &answer)
	}
	if err != nil {
		writeProblem(c.Writer, c.Request, err)
		return
	}
	for _, name := range keptHeaders {
		c.Writer.Header().Del(name)
	}
	maps.Copy(c.Writer.Header(), answer.Header)
	c.Writer.WriteHeader(k.Status)
	_, _ = c.Writer.Write(answer.Body) // the client may have gone
}

// heldAnswer is an answer that is not sent yet. Its headers stand among those
// of the connection.
type heldAnswer struct {
	gin.ResponseWriter

	c      *gin.Context
	before http.Header
	status int
	body   bytes.Buffer
}

// hold keeps what is answered from now on, until release.
func hold(c *gin.Context) *heldAnswer {
	out := &heldAnswer{ResponseWriter: c.Writer, c: c, before: c.Writer.Header().Clone(), status: http.StatusOK}
	c.Writer = out
	return out
}

// release lets what follows be sent at once.
func (h *heldAnswer) release() { h.c.Writer = h.ResponseWriter }

// drop takes the headers of the answer back.
func (h *heldAnswer) drop() {
	clear(h.Header())
	maps.Copy(h.Header(), h.before)
}

// send sends what was held.
func (h *heldAnswer) send() {
	h.ResponseWriter.WriteHeader(h.status)
	if h.body.Len() == 0 {
		h.ResponseWriter.WriteHeaderNow()
		return
	}
	_, _ = h.ResponseWriter.Write(h.body.Bytes()) // the client may have gone
}

func (h *heldAnswer) WriteHeader(status int)               { h.status = status }
func (h *heldAnswer) WriteHeaderNow()                      {}
func (h *heldAnswer) Write(p []byte) (int, error)          { return h.body.Write(p) }
func (h *heldAnswer) WriteString(text string) (int, error) { return h.body.WriteString(text) }
func (h *heldAnswer) Status() int                          { return h.status }
func (h *heldAnswer) Size() int                            { return h.body.Len() }
func (h *heldAnswer) Written() bool                        { return false }
func (h *heldAnswer) Flush()                               {}
