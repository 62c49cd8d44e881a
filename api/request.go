package api

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/text/language"

	"puente/web"
)

// request is what the server knows about a request from its beginning on.
type request struct {
	id     string
	lang   string
	from   netip.Addr // of the client
	agent  string     // what the client calls itself
	device string     // cookie of a browser on which somebody signed in, unchecked

	address *url.URL // as it was asked for

	mu      sync.Mutex
	errs    []error // for the log only
	account string  // id of who asks, or signs in or out; for the log only
}

// note keeps an error for the request's log line.
func (r *request) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// about says for the log whose request it is, by the id of the account.
func (r *request) about(account string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.account = account
}

// whose is the account that about named, "" for nobody.
func (r *request) whose() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.account
}

// noted joins what was kept, nil if there was nothing.
func (r *request) noted() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.errs...)
}

type requestKey struct{}

// requestOf finds the request of a context. Outside of one it gives an English
// one that nobody logs.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{id: "none", lang: web.Languages[0], address: noAddress}
}

// languages chooses among the languages of the messages.
var languages = func() language.Matcher {
	tags := make([]language.Tag, len(web.Languages))
	for i, l := range web.Languages {
		tags[i] = language.Make(l)
	}
	return language.NewMatcher(tags)
}()

// maxAccept is how many bytes an Accept-Language header may have to be read.
const maxAccept = 200

// chooseLanguage reads an Accept-Language header: the best of our languages,
// English when it names none of them.
func chooseLanguage(accept string) string {
	if accept == "" || len(accept) > maxAccept {
		return web.Languages[0]
	}
	_, i := language.MatchStrings(languages, accept)
	return web.Languages[i]
}

// setLanguage says which language an answer is in, and that another request
// may get another.
func setLanguage(h http.Header, lang string) {
	h.Set("Content-Language", lang)
	if !slices.Contains(h.Values("Vary"), "Accept-Language") {
		h.Add("Vary", "Accept-Language")
	}
}
