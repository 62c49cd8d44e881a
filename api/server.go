package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/go-webauthn/webauthn/webauthn"

	"puente/jobs"
	"puente/models"
	"puente/web"
)

// Limits are the bounds of everything that a client can make the server hold
// or wait for.
type Limits struct {
	Header      time.Duration // to send a request's header
	Read        time.Duration // to send a whole request
	Deadline    time.Duration // for an operation to answer; then 503
	Write       time.Duration // to send and be answered; longer than Read and Deadline
	Idle        time.Duration // between two requests of a connection
	Stop        time.Duration // for requests under way when the server stops
	HeaderBytes int           // of all header lines together; net/http allows 4 KiB more
	Address     int           // bytes of the path and the query
}

// DefaultLimits are those of a public server.
var DefaultLimits = Limits{
	Header: 5 * time.Second, Read: 30 * time.Second, Deadline: 10 * time.Second, Write: 45 * time.Second,
	Idle: 60 * time.Second, Stop: 10 * time.Second, HeaderBytes: 16 << 10, Address: 4 << 10,
}

// Options are what a server is made from. Log, Now, Store, Queue and Tokens
// must be there; the zero value of each other field is a safe default.
type Options struct {
	Log     *slog.Logger
	Now     func() time.Time
	Version string
	Store   *models.Store
	Queue   *jobs.Queue
	Tokens  *Tokens
	URL     string // public base address, without a slash at its end; for links
	Limits  Limits // the zero value stands for DefaultLimits
	Secret  []byte // of the installation, for what is sealed and signed; nil: one of this process

	Ownership models.Sealer // opens answers about ownership, for whose they are; nil: nobody gets them

	Rates   map[RateClass]Rate // by kind of operation; nil limits nobody. DefaultRates are those of a public server.
	Workers int                // goroutines of a preview; 0 is one
	// Breached are passwords that nobody may choose, besides those that ship; nil
	// are none. Whoever opened the list closes it when the server has stopped.
	Breached *Breached
	// Loopback says that only this machine reaches the server, so that providers
	// of sign-in may be on this machine too, over http.
	Loopback bool
	Proxies  []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	// Demonstration lets staff in without a second factor. No setting of the program
	// leads here: the demonstration sets it, and nothing else.
	Demonstration bool
	// Ready says whether what the server needs is there; nil means that it
	// needs nothing.
	Ready func(context.Context) error
}

// Server answers HTTP. It is made by New and is safe for concurrent use.
type Server struct {
	Options
	engine   *gin.Engine
	document huma.API
	// The document and its pages by language, made when first asked for and
	// then kept, so that asking costs nothing.
	documentJSON func() ([]byte, error)
	docsPages    map[string]func() (docsSent, error)
	secrets      secrets
	limiter      *limiter
	caps         map[string]int64 // bytes of a body by method and route
	streams      map[string]bool  // routes that answer for as long as they like, like caps
	large        gate             // requests with a large body, being read and worked on
	hashing      gate             // passwords being hashed
	trying       gate             // previews being computed
	asking       gate             // questions about runs being answered
	advisor      *jobs.Advisor
	previews     *jobs.Previews
	webauthn     *webauthn.WebAuthn // nil where browsers have no passkeys
	oidc         *jobs.OIDC
	budgets      map[string]limits
	reviews      sync.Map      // *reviewed by the id of a run
	breached     []*Breached   // lists of passwords that nobody may choose
	stopping     chan struct{} // closed when the server stops
}

// New makes a server with all its routes.
func New(o Options) *Server { return newServer(o, routes) }

func newServer(o Options, table []route) *Server {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	s := &Server{
		Options: o, engine: gin.New(), secrets: newSecrets(o.Secret), limiter: &limiter{store: o.Store, now: o.Now, counters: map[[2]string]*counter{}},
		caps: map[string]int64{}, streams: map[string]bool{}, large: newGate(maxLarge), hashing: newGate(maxHashing),
		trying: newGate(1), asking: newGate(mostAsked), advisor: jobs.NewAdvisor(o.Store), previews: jobs.NewPreviews(o.Store), stopping: make(chan struct{}),
		webauthn: newPasskeys(o.URL), oidc: jobs.NewOIDC(&jobs.Outbound{Loopback: o.Loopback}, o.Now), budgets: budgets,
	}
	if s.breached = []*Breached{mostUsed()}; o.Breached != nil {
		s.breached = append(s.breached, o.Breached)
	}
	s.engine.HandleMethodNotAllowed = true
	s.engine.RedirectTrailingSlash = false
	if err := s.engine.SetTrustedProxies(nil); err != nil {
		panic(err) // nil is always a list of proxies
	}
	s.engine.Use(s.observe, secureHeaders, s.recoverPanic, s.guard, s.deadline)
	s.engine.NoRoute(func(c *gin.Context) { s.missing(c, CodeNotFound) })
	s.engine.NoMethod(func(c *gin.Context) { s.missing(c, CodeMethod) })
	s.document = humagin.New(s.engine, documentConfig(o.Version))
	for _, r := range table {
		s.caps[r.method+" "+ginPath(r.path)], s.streams[r.method+" "+ginPath(r.path)] = r.body.bytes, r.stream
		r.register(s, r)
	}
	s.agree()
	s.describe()
	s.documentJSON, s.docsPages = sync.OnceValues(s.writeDocument), map[string]func() (docsSent, error){}
	for _, lang := range web.Languages {
		s.docsPages[lang] = sync.OnceValues(func() (docsSent, error) { return s.writeDocs(lang) })
	}
	return s
}

// ServeHTTP answers one request. HEAD is GET without the body, which net/http
// leaves out.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		r = r.WithContext(r.Context()) // a copy, since net/http looks at the method of the first
		r.Method = http.MethodGet
	}
	s.engine.ServeHTTP(w, r)
}

// Serve answers what comes in at the listener until the context ends. Then it
// takes no more connections, waits for requests under way as long as
// Limits.Stop, and cuts off the rest. A clean stop gives nil. A server serves
// once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler: s, BaseContext: func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: s.Limits.Header, ReadTimeout: s.Limits.Read, WriteTimeout: s.Limits.Write, IdleTimeout: s.Limits.Idle,
		MaxHeaderBytes: s.Limits.HeaderBytes, DisableGeneralOptionsHandler: true,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	close(s.stopping)
	grace, done := context.WithTimeout(base, s.Limits.Stop)
	defer done()
	err := server.Shutdown(grace)
	if err != nil {
		cut()
		err = errors.Join(err, server.Close())
	}
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// maxLarge is how many large bodies are worked on at once.
const maxLarge = 4

// gate lets a limited number of slow works go on at once.
type gate chan struct{}

func newGate(n int) gate { return make(gate, n) }

// enter waits for a place until the context ends; leave gives it back.
func (g gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g <- struct{}{}:
		return func() { <-g }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
