package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"puente/models"
)

// RateClass is a kind of operations that count together.
type RateClass string

// The kinds of operations by what they cost.
const (
	Reading   RateClass = "reading"
	Writing   RateClass = "writing"
	Computing RateClass = "computing"
	Signing   RateClass = "signing" // passwords are hashed, accounts are made
	Copying   RateClass = "copying" // everything is searched for what is of somebody
)

// Rate is how many requests a window of time allows: of an account, and of a
// network, whoever sends from it. Networks have more, since many people can
// share one.
type Rate struct {
	Actor, Network int
	Window         time.Duration
	Block          int // requests that are taken from the store at a time; 0: a tenth of the limit
}

// DefaultRates are those of a public server, by kind of operation.
var DefaultRates = map[RateClass]Rate{
	Reading:   {Actor: 1200, Network: 6000, Window: time.Minute},
	Writing:   {Actor: 300, Network: 1200, Window: time.Minute},
	Computing: {Actor: 120, Network: 480, Window: time.Minute},
	Signing:   {Actor: 120, Network: 120, Window: time.Minute, Block: 1},
	Copying:   {Actor: 20, Network: 100, Window: time.Hour, Block: 1},
}

// Rates are the default ones by a factor in percent; 0 gives nil, which limits
// nobody.
func Rates(percent int) map[RateClass]Rate {
	if percent == 0 {
		return nil
	}
	rates := maps.Clone(DefaultRates)
	for class, r := range rates {
		r.Actor, r.Network = max(1, r.Actor*percent/100), max(1, r.Network*percent/100)
		rates[class] = r
	}
	return rates
}

// rateBlock is the part of a limit that the server takes from the store at a
// time unless the limit says otherwise: so most requests cost no look at the store, and a restart, or a second
// server, gives nobody more than the limit and one such part.
const rateBlock = 10

// mostSenders is how many senders of a window are counted apart; what is
// beyond begins anew, less what the store has of it.
const mostSenders = 100_000

// counter counts one sender's requests within a window.
type counter struct {
	mu     sync.Mutex
	starts time.Time
	free   int // requests that were not told to the store; none when the limit is small
	have   int // requests that were told to the store, and did not come yet
	used   int // by all servers, as far as it is known
}

// limiter counts requests, in memory and in the store.
type limiter struct {
	store *models.Store // nil: in memory only
	now   func() time.Time

	mu       sync.Mutex
	counters map[[2]string]*counter
}

// counterOf finds the counter of a sender.
func (l *limiter) counterOf(class, sender string) *counter {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := [2]string{class, sender}
	c := l.counters[key]
	if c == nil {
		if len(l.counters) >= mostSenders {
			clear(l.counters)
		}
		c = &counter{}
		l.counters[key] = c
	}
	return c
}

// quota is where a sender stands: how many requests are left of a limit, and
// when the window ends.
type quota struct {
	name   string
	limit  int
	window time.Duration
	left   int
	reset  time.Duration
	over   bool
}

// take counts one request. The store is asked once in many requests; while it
// cannot answer, nobody gets more than what was taken before.
func (l *limiter) take(ctx context.Context, name, sender string, limit int, rate Rate) (quota, error) {
	window := rate.Window
	now := l.now()
	starts := now.Truncate(window)
	q := quota{name: name, limit: limit, window: window, reset: starts.Add(window).Sub(now)}
	c := l.counterOf(name, sender)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.starts.Equal(starts) {
		c.starts, c.free, c.have, c.used = starts, 0, 0, 0
	}
	block := rate.Block
	if block == 0 {
		block = max(1, limit/rateBlock)
	}
	switch {
	case c.have > 0:
		c.have--
	case c.used >= limit:
		q.over = true
	case block > 1 && c.used == 0 && c.free < block: // most senders never get further
		c.free++
	default:
		n := c.free + block
		if l.store != nil {
			before, err := l.store.TakeRate(ctx, models.RateWindow{Class: name, Sender: sender, StartsAt: starts, EndsAt: starts.Add(window)}, n)
			if err != nil {
				return q, err
			}
			c.used = before
		}
		free := min(block, limit-c.used-c.free)
		c.used, c.free = c.used+n, 0
		if q.over = free <= 0; !q.over {
			c.have = free - 1
		}
	}
	q.left = max(0, limit-c.used-c.free+c.have)
	if q.over {
		q.left = 0
	}
	return q, nil
}

// rates counts a request against the limits of its kind, for the network that
// it comes from and, once it is known, for its account.
func (s *Server) rates(class RateClass, actors bool) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		rate, limited := s.Rates[class]
		a := actorOf(ctx.Context())
		if !limited || actors && a == nil {
			next(ctx)
			return
		}
		c := humagin.Unwrap(ctx)
		if !actors {
			a = nil
		}
		if err := s.count(c, class, rate, a); err != nil {
			writeProblem(c.Writer, c.Request, err)
			return
		}
		next(ctx)
	}
}

// count counts a request against the limits of its kind: for its account or,
// without one, for the network that it comes from.
func (s *Server) count(c *gin.Context, class RateClass, rate Rate, a *actor) (err error) {
	var q quota
	if a != nil {
		q, err = s.limiter.take(c.Request.Context(), string(class), a.ID, rate.Actor, rate)
	} else {
		q, err = s.limiter.take(c.Request.Context(), string(class)+"-network", s.network(c.Request), rate.Network, rate)
	}
	if err != nil {
		return err
	}
	q.tell(c.Writer.Header())
	if q.over {
		return &Error{Code: CodeTooMany, Retry: max(q.reset, time.Second)}
	}
	return nil
}

// countPage counts a request for a page like one for an operation of its kind,
// in the same windows. What needs no account and no store is free.
func (s *Server) countPage(c *gin.Context, class RateClass, a *actor) error {
	rate, limited := s.Rates[class]
	if !limited {
		return nil
	}
	return s.count(c, class, rate, a)
}

// pageRates are the kinds of pages that are not what their method says, by
// method and path without the language; "" for those that are free.
var pageRates = map[string]RateClass{
	"GET /healthz": "", "GET /readyz": "", "GET /api/docs": "", "GET /api/docs.css": "", "GET /api/v1/openapi.json": "", "GET /static/{file}": "",
	"POST /sign-up": Signing, "POST " + signInPath: Signing, "POST " + linkPath: Signing, "POST " + resetPath: Signing, "POST /link/{token}": Signing,
	"POST " + signInPath + "/providers/{id}": Signing, "POST " + joinPath: Signing, cameBack: Signing, "POST " + accountPath + "/providers": Signing,
	"POST " + codePath: Signing, "POST " + passkeySignInPath: Signing, "POST " + passkeySignInPath + "/answer": Signing,
	"POST " + factorPath: Signing, "POST " + factorPath + "/code": Signing, "POST " + factorPath + "/new": Signing, "POST " + factorPath + "/off": Signing,
	"POST " + accountPath + "/email": Signing, "POST " + accountPath + "/password": Signing,
	"GET " + ownDataPath + "/export": Copying, "POST " + ownDataPath + "/erase": Signing,
	"POST " + accountPath + "/password/change": Signing, "POST " + accountPath + "/keys": Signing,
	"GET " + matchPath: Computing, "GET " + roundsPath + "/{id}/compare": Computing, "GET " + roundsPath + "/{id}/explain": Computing,
	"GET " + roundsPath + "/{id}/advice": Computing, "GET " + programmesPath + "/{id}/weights": Computing,
	"POST " + programmesPath + "/{id}/weights": Computing,
}

// pageRate is the kind that a page counts with.
func pageRate(method, path string) RateClass {
	if class, listed := pageRates[method+" "+strings.TrimPrefix(path, "/{lang}")]; listed {
		return class
	}
	if method == http.MethodGet {
		return Reading
	}
	return Writing
}

// network names where a request comes from without telling it.
func (s *Server) network(r *http.Request) string {
	return "network " + digits(keyed(s.secrets.requests, []byte(neighbourhood(s.client(r)))))
}

// tell writes the limit and what is left of it as
// draft-ietf-httpapi-ratelimit-headers has them.
func (q quota) tell(h http.Header) {
	h.Add("Ratelimit-Policy", fmt.Sprintf(`%q;q=%d;w=%d`, q.name, q.limit, int(q.window/time.Second)))
	h.Add("Ratelimit", fmt.Sprintf(`%q;r=%d;t=%d`, q.name, q.left, int((q.reset+time.Second-1)/time.Second)))
}

// rateExtension says the limits of a kind of operations in the document.
func rateExtension(class RateClass, actors bool) map[string]any {
	r := DefaultRates[class]
	out := map[string]any{"class": string(class), "network": r.Network, "seconds": int(r.Window / time.Second)}
	if actors {
		out["account"] = r.Actor
	}
	return out
}
