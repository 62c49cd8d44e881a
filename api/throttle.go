package api

import (
	"context"
	"crypto/hmac"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"puente/models"
	"puente/web"
)

// What is slowed down for whoever tries it often: guessing passwords and codes,
// making us write mails, and making us ask a provider.
const (
	tryPassword = "password"
	tryMail     = "mail"
	tryInvite   = "invite"   // a mail that an administrator sends for the programme
	tryCode     = "code"     // of an app that shows codes
	tryRecovery = "recovery" // a recovery code
	tryPasskey  = "passkey"  // to begin with a passkey
	tryProvider = "provider" // by its id in the place of an address
)

// limits are how often something may be tried: with one address, from one
// network, and by everybody together; and, apart from those, on a device that
// has signed in to the account before, so that nobody locks its owner out by
// guessing. Where account is given, what somebody does who is signed in counts
// there too. What has no limit of the network counts neither there nor with
// everybody, so that no stranger uses it up.
type limits struct{ address, network, all, device, account models.Budget }

// budgets are the limits of all that is slowed down. The longest wait for a mail
// to one address is shorter than the life of every link: see models.LinkLives.
//
// A network gets its mail back when a sign-up is confirmed, see
// models.SignUp.Network: what counts there in the end are mails that nobody
// wanted.
var budgets = map[string]limits{
	tryPassword: {
		address: models.Budget{Free: 10, First: 2 * time.Second, Most: 15 * time.Minute},
		network: models.Budget{Free: 30, First: time.Second, Most: 15 * time.Minute},
		all:     models.Budget{Free: 1000, First: 100 * time.Millisecond, Most: 2 * time.Second},
		device:  models.Budget{Free: 10, First: 2 * time.Second, Most: 15 * time.Minute},
	},
	tryMail: {
		address: models.Budget{Free: 5, First: 30 * time.Second, Most: 5 * time.Minute},
		network: models.Budget{Free: 60, First: 5 * time.Second, Most: 15 * time.Minute}, // a workshop, until its mails are read
		all:     models.Budget{Free: 2000, First: 100 * time.Millisecond, Most: 2 * time.Second},
		device:  models.Budget{Free: 5, First: 30 * time.Second, Most: 5 * time.Minute},
		account: models.Budget{Free: 10, First: 30 * time.Second, Most: 15 * time.Minute},
	},
	tryInvite: { // counts apart from the mails that strangers ask for
		address: models.Budget{Free: 5, First: 30 * time.Second, Most: 5 * time.Minute},
		account: models.Budget{Free: 200, First: time.Second, Most: time.Minute},
	},
	tryCode: { // a guess is right three times in a million
		address: models.Budget{Free: 5, First: 5 * time.Second, Most: 15 * time.Minute},
		network: models.Budget{Free: 30, First: time.Second, Most: 15 * time.Minute},
		all:     models.Budget{Free: 1000, First: 100 * time.Millisecond, Most: 2 * time.Second},
		device:  models.Budget{Free: 5, First: 5 * time.Second, Most: 15 * time.Minute},
	},
	tryRecovery: { // too long to be guessed, and the way in for whoever others keep from using codes
		address: models.Budget{Free: math.MaxInt},
		network: models.Budget{Free: 30, First: time.Second, Most: time.Minute},
		all:     models.Budget{Free: 1000, First: 100 * time.Millisecond, Most: time.Second},
		device:  models.Budget{Free: math.MaxInt},
	},
	tryPasskey: { // there is nothing to guess; what is stored for each lasts five minutes
		address: models.Budget{Free: math.MaxInt},
		network: models.Budget{Free: 60, First: time.Second, Most: time.Minute},
		all:     models.Budget{Free: 2000, First: 100 * time.Millisecond, Most: time.Second},
		device:  models.Budget{Free: 60, First: time.Second, Most: time.Minute},
	},
	tryProvider: {
		address: models.Budget{Free: 1000, First: 100 * time.Millisecond, Most: 2 * time.Second},
		network: models.Budget{Free: 60, First: time.Second, Most: 5 * time.Minute},
		all:     models.Budget{Free: 2000, First: 100 * time.Millisecond, Most: 2 * time.Second},
	},
}

// mac is a keyed hash of parts, in hexadecimal digits.
func (s *Server) mac(parts ...string) string {
	all := make([][]byte, len(parts))
	for i, p := range parts {
		all[i] = []byte(p)
	}
	return digits(keyed(s.secrets.browsers, all...))
}

// tries are the budgets of one try. The account is that of the address, nil
// when there is none; who has it makes no difference unless the request comes
// from a device of its owner.
func (s *Server) tries(ctx context.Context, what, email string, account *models.Account) map[string]models.Budget {
	r, owner := requestOf(ctx), ""
	if account != nil {
		owner = account.ID
	}
	b := s.budgets[what]
	device, known := s.deviceOf(r.device, owner)
	if known {
		return map[string]models.Budget{s.mac("try", what, "device", device): b.device}
	}
	counted := map[string]models.Budget{s.mac("try", what, "address", models.EmailKey(email)): b.address}
	if a := actorOf(ctx); a != nil && b.account != (models.Budget{}) {
		counted[s.mac("try", what, "account", a.ID)] = b.account
	}
	if b.network != (models.Budget{}) {
		counted[s.networkKey(ctx, what)], counted[s.mac("try", what, "all")] = b.network, b.all
	}
	return counted
}

// networkKey is the key under which a network's tries are counted.
func (s *Server) networkKey(ctx context.Context, what string) string {
	return s.mac("try", what, "network", neighbourhood(requestOf(ctx).from))
}

// try counts a try before it is made, or says that it is too early for it.
// Refund takes it back when it came to the right end.
func (s *Server) try(ctx context.Context, what, email string, account *models.Account) (refund func() error, err error) {
	counted := s.tries(ctx, what, email, account)
	wait, err := s.Store.Try(ctx, counted)
	if err != nil {
		return nil, err
	}
	if wait > 0 {
		return nil, tooEarly(what, wait)
	}
	return func() error { return s.Store.Refund(ctx, counted) }, nil
}

// waits are the keys of what is said to whoever has to wait, in seconds and in
// minutes.
var waits = map[string][2]string{
	tryPassword: {"problem.wait_seconds", "problem.wait_minutes"}, tryPasskey: {"problem.wait_seconds", "problem.wait_minutes"},
	tryProvider: {"problem.wait_seconds", "problem.wait_minutes"},
	tryCode:     {"problem.code_seconds", "problem.code_minutes"}, tryRecovery: {"problem.code_seconds", "problem.code_minutes"},
	tryMail: {"problem.mail_seconds", "problem.mail_minutes"}, tryInvite: {"problem.mail_seconds", "problem.mail_minutes"},
}

// tooEarly says how long to wait.
func tooEarly(what string, wait time.Duration) error {
	e := &Error{Code: CodeTooMany, Key: waits[what][0], Retry: wait, Args: map[string]any{"Count": int(math.Ceil(wait.Seconds()))}}
	if wait > time.Minute {
		e.Key, e.Args = waits[what][1], map[string]any{"Count": int(math.Ceil(wait.Minutes()))}
	}
	return e
}

// early says in words how long to wait with a form that came too early, if that
// is what the error is about. The page is shown again with what was filled in.
func (v *visit) early(err error) bool {
	e := known(err)
	if e.Code != CodeTooMany || e.Key == "" {
		return false
	}
	v.c.Writer.Header().Set("Retry-After", inSeconds(e.Retry))
	v.c.Status(statuses[e.Code])
	v.goTo("")
	v.Alert = web.Text(v.Lang, e.Key, e.Args)
	return true
}

// deviceTime is how long a browser is remembered on which somebody signed in.
const deviceTime = 180 * 24 * time.Hour

// deviceOf reads the cookie of a device: its id, and whether the account has
// signed in on it.
func (s *Server) deviceOf(cookie, account string) (id string, known bool) {
	id, mac, _ := strings.Cut(cookie, ".")
	want := s.mac("device", id, account)
	return id, hmac.Equal([]byte(mac), []byte(want)) && id != "" && account != ""
}

// rememberDevice gives the browser a cookie by which it is known as one of the
// account's.
func (s *Server) rememberDevice(ctx context.Context, c *gin.Context, account string) {
	if _, known := s.deviceOf(requestOf(ctx).device, account); known {
		return
	}
	id, _ := Secret()
	s.putCookie(c, deviceCookie, id+"."+s.mac("device", id, account), deviceTime)
}

// The cookies that the server gives, by what stands after "puente".
const (
	sessionCookie = ""
	deviceCookie  = "-device"
	signUpCookie  = "-sign-up"
	halfCookie    = "-half"    // of a browser that has shown a first factor
	passkeyCookie = "-passkey" // of a browser that was asked for a passkey
	flowCookie    = "-flow"    // of a way to a provider and back
)

// cookieName is the name of a cookie. Browsers take __Host- only from encrypted
// connections.
func (s *Server) cookieName(r *http.Request, which string) string {
	if s.secure(r) {
		return "__Host-puente" + which
	}
	return "puente" + which
}

// putCookie gives a browser a cookie, or with "" takes it away.
func (s *Server) putCookie(c *gin.Context, which, value string, life time.Duration) {
	cookie := &http.Cookie{ //nolint:gosec // Secure where the connection is: on a plain one no browser would send it
		Name: s.cookieName(c.Request, which), Value: value, Path: "/", HttpOnly: true, Secure: s.secure(c.Request), SameSite: http.SameSiteLaxMode,
		MaxAge: int(life / time.Second),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

// cookie reads a cookie of ours, "" if there is none.
func (s *Server) cookie(r *http.Request, which string) string {
	cookie, err := r.Cookie(s.cookieName(r, which))
	if err != nil {
		return ""
	}
	return cookie.Value
}
