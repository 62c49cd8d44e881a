package jobs

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// OIDC signs people in at providers of OpenID Connect: the authorization code
// flow with PKCE. It remembers what providers say of themselves for an hour, and
// for some seconds that they do not answer. It is safe for concurrent use.
type OIDC struct {
	Wait time.Duration // for all that one step of a flow asks a provider; OIDCWait when made

	client *http.Client
	plain  bool // providers of this machine may be asked over http
	now    func() time.Time

	mu    sync.Mutex
	known map[string]*discovery // by issuer
}

// OIDCWait is how long one step waits for a provider: less than a request of a
// page may take, so that there is time to say it.
const OIDCWait = 8 * time.Second

// How long what was learnt of a provider is used, and that it could not be
// learnt. Keys are asked for anew besides when a token names one that is not
// among them.
const (
	discoveryLife = time.Hour
	failureLife   = 5 * time.Second
)

// The algorithms by which tokens may be signed.
var oidcAlgorithms = []string{oidc.RS256, oidc.ES256, oidc.EdDSA}

// discovery is what a provider says of itself, or why it did not.
type discovery struct {
	provider *oidc.Provider
	says     metadata
	err      error
	until    time.Time
}

// metadata is the part of a provider's document that the library leaves to us.
type metadata struct {
	AuthURL     string   `json:"authorization_endpoint"`
	TokenURL    string   `json:"token_endpoint"`
	KeysURL     string   `json:"jwks_uri"`
	UserInfoURL string   `json:"userinfo_endpoint"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	NamesIssuer bool     `json:"authorization_response_iss_parameter_supported"`
}

// NewOIDC makes the client of providers that are where out allows. With
// out.Loopback those of this machine may be asked over http.
func NewOIDC(out *Outbound, now func() time.Time) *OIDC {
	return &OIDC{Wait: OIDCWait, client: out.Client(), plain: out.Loopback, now: now, known: map[string]*discovery{}}
}

// OIDCProvider is a provider as this installation knows it.
type OIDCProvider struct {
	Issuer, ClientID, ClientSecret string
	Redirect                       string // where the provider sends the browser back, to the byte
}

// OIDCFlow names a flow: the state that goes to the provider and back, the nonce
// that must be in its token, and the verifier of PKCE.
type OIDCFlow struct{ State, Nonce, Verifier string }

// OIDCAnswer is with what a provider sent the browser back.
type OIDCAnswer struct{ Code, Issuer, Error string }

// Subject is who signed in at a provider.
type Subject struct {
	Subject string
	Email   string // "" unless the provider has verified it
}

// OIDCFailure is why nobody was signed in.
type OIDCFailure string

// The ways in which a provider signs nobody in.
const (
	OIDCAway    OIDCFailure = "away"    // it did not answer in time, or not as a provider does
	OIDCDenied  OIDCFailure = "denied"  // it says that it was not wanted
	OIDCRefused OIDCFailure = "refused" // what it says cannot be believed
)

// OIDCError says why nobody was signed in. It repeats neither codes and tokens
// nor who it is about.
type OIDCError struct {
	Failure OIDCFailure
	Reason  string // for the log
	Err     error
}

func (e *OIDCError) Error() string {
	text := "sign-in by a provider: " + string(e.Failure) + ": " + e.Reason
	if e.Err != nil {
		said := strings.ToValidUTF8(e.Err.Error(), "")
		text += ": " + said[:min(len(said), 300)]
	}
	return strings.ToValidUTF8(text, "")
}

// Unwrap gives the cause.
func (e *OIDCError) Unwrap() error { return e.Err }

// CheckIssuer says whether an issuer may be one: https without a user, a query or
// a fragment; http for this machine, where that is allowed.
func (o *OIDC) CheckIssuer(issuer string) bool {
	return len(issuer) <= 255 && o.address(issuer) == nil && !strings.Contains(issuer, "?")
}

// address says why an address of a provider is none.
func (o *OIDC) address(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("an address that cannot be read")
	case u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.HasSuffix(text, "#"):
		return errors.New("an address that is none of a provider")
	case u.Scheme == "https", u.Scheme == "http" && o.plain && onThisMachine(u.Hostname()):
		return nil
	}
	return errors.New("an address without encryption")
}

// onThisMachine says whether a host is a loopback address.
func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// Begin gives the address at a provider to which the browser goes. Its errors are
// *OIDCError.
func (o *OIDC) Begin(ctx context.Context, p *OIDCProvider, f *OIDCFlow) (string, error) {
	ctx, done := context.WithTimeout(ctx, o.Wait)
	defer done()
	d, err := o.discover(ctx, p.Issuer)
	if err != nil {
		return "", err
	}
	return o.config(d, p).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

// Finish takes a provider's answer to a flow and says who signed in. Its errors
// are *OIDCError.
func (o *OIDC) Finish(ctx context.Context, p *OIDCProvider, f *OIDCFlow, a *OIDCAnswer) (*Subject, error) {
	ctx, done := context.WithTimeout(ctx, o.Wait)
	defer done()
	d, err := o.discover(ctx, p.Issuer)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Issuer != p.Issuer && (a.Issuer != "" || d.says.NamesIssuer): // RFC 9207
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "the answer is of another issuer"}
	case a.Error == "access_denied", a.Error == "login_required", a.Error == "interaction_required", a.Error == "consent_required":
		return nil, &OIDCError{Failure: OIDCDenied, Reason: a.Error}
	case a.Error == "temporarily_unavailable", a.Error == "server_error":
		return nil, &OIDCError{Failure: OIDCAway, Reason: a.Error}
	case a.Error != "":
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "another error of the provider"}
	case a.Code == "":
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "no code"}
	}
	ctx = oidc.ClientContext(ctx, o.client)
	tokens, err := o.config(d, p).Exchange(ctx, a.Code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, exchangeError(err)
	}
	return o.subject(ctx, d, p, f, tokens)
}

// subject reads who the tokens of a flow are about.
func (o *OIDC) subject(ctx context.Context, d *discovery, p *OIDCProvider, f *OIDCFlow, tokens *oauth2.Token) (*Subject, error) {
	raw, ok := tokens.Extra("id_token").(string)
	if !ok || len(raw) > outboundHead {
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "no id_token"}
	}
	token, err := d.provider.Verifier(&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: oidcAlgorithms, Now: o.now}).Verify(ctx, raw)
	if err != nil {
		return nil, unverified(err)
	}
	var claims struct {
		Party    string `json:"azp"`
		Email    string `json:"email"`
		Verified truth  `json:"email_verified"`
	}
	if err := token.Claims(&claims); err != nil {
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "claims that are none"}
	}
	refused := ""
	switch {
	case token.Issuer != p.Issuer: // the library lets another spelling of Google's pass
		refused = "another issuer"
	case claims.Party != "" && claims.Party != p.ClientID, claims.Party == "" && len(token.Audience) > 1:
		refused = "for another client"
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1:
		refused = "another nonce"
	case token.IssuedAt.After(o.now().Add(5*time.Minute)) || token.IssuedAt.Unix() <= 0:
		refused = "issued at no time"
	case token.AccessTokenHash != "" && token.VerifyAccessToken(tokens.AccessToken) != nil:
		refused = "another access token"
	case token.Subject == "" || len(token.Subject) > 255 || strings.ContainsFunc(token.Subject, func(r rune) bool { return r < ' ' || r > '~' }):
		refused = "a subject that is none"
	}
	if refused != "" {
		return nil, &OIDCError{Failure: OIDCRefused, Reason: "the token is " + refused}
	}
	who := &Subject{Subject: token.Subject}
	if claims.Email == "" && d.says.UserInfoURL != "" {
		info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil || info.Subject != token.Subject {
			return who, nil //nolint:nilerr // who signed in is known; the address is not
		}
		claims.Email, claims.Verified = info.Email, truth(info.EmailVerified)
	}
	if claims.Verified {
		who.Email = claims.Email
	}
	return who, nil
}

// truth is true where a provider says so, as a truth value or as a text.
type truth bool

// UnmarshalJSON reads anything; what is not true is false.
func (t *truth) UnmarshalJSON(data []byte) error {
	*t = string(data) == "true" || string(data) == `"true"`
	return nil
}

// config is a provider as the library of OAuth has it.
func (o *OIDC) config(d *discovery, p *OIDCProvider) *oauth2.Config {
	endpoint := oauth2.Endpoint{AuthURL: d.says.AuthURL, TokenURL: d.says.TokenURL, AuthStyle: oauth2.AuthStyleInHeader}
	if len(d.says.AuthMethods) > 0 && !slices.Contains(d.says.AuthMethods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: p.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"},
	}
}

// discover reads what a provider says of itself, or remembers it.
func (o *OIDC) discover(ctx context.Context, issuer string) (*discovery, error) {
	o.mu.Lock()
	d := o.known[issuer]
	o.mu.Unlock()
	if d == nil || !o.now().Before(d.until) {
		d = o.ask(ctx, issuer)
		if !errors.Is(ctx.Err(), context.Canceled) { // whoever asked has gone, which says nothing of the provider
			o.mu.Lock()
			o.known[issuer] = d
			o.mu.Unlock()
		}
	}
	return d, d.err
}

// ask reads what a provider says of itself.
func (o *OIDC) ask(ctx context.Context, issuer string) *discovery {
	d := &discovery{until: o.now().Add(failureLife)}
	away := func(reason string, err error) *discovery {
		d.err = &OIDCError{Failure: OIDCAway, Reason: reason, Err: err}
		return d
	}
	if !o.CheckIssuer(issuer) {
		return away("no address of an issuer", nil)
	}
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, o.client), issuer)
	if reached := (*url.Error)(nil); errors.As(err, &reached) {
		return away("no answer", reached.Err)
	}
	if mismatch := (*oidc.IssuerMismatchError)(nil); errors.As(err, &mismatch) {
		return away("its document is of another issuer", nil)
	}
	if err != nil {
		return away("no document of a provider", nil) // the error may repeat what came
	}
	if err := provider.Claims(&d.says); err != nil {
		return away("a document that is none", nil)
	}
	for name, address := range map[string]string{"authorization": d.says.AuthURL, "token": d.says.TokenURL, "keys": d.says.KeysURL} {
		if err := o.address(address); err != nil {
			return away(name+" endpoint", err)
		}
	}
	if o.address(d.says.UserInfoURL) != nil {
		d.says.UserInfoURL = ""
	}
	d.provider, d.until = provider, o.now().Add(discoveryLife)
	return d
}

// exchangeError says why there are no tokens for a code.
func exchangeError(err error) error {
	said, reached := (*oauth2.RetrieveError)(nil), (*url.Error)(nil)
	switch {
	case errors.As(err, &said) && said.Response.StatusCode >= http.StatusInternalServerError:
		return &OIDCError{Failure: OIDCAway, Reason: fmt.Sprintf("no tokens: status %d", said.Response.StatusCode)}
	case errors.As(err, &said):
		return &OIDCError{Failure: OIDCRefused, Reason: fmt.Sprintf("no tokens: status %d, %.40q", said.Response.StatusCode, said.ErrorCode)}
	case errors.As(err, &reached):
		return &OIDCError{Failure: OIDCAway, Reason: "no tokens", Err: reached.Err}
	}
	return &OIDCError{Failure: OIDCRefused, Reason: "an answer without tokens"}
}

// unverified says why a token is none. Errors of the library repeat no token.
func unverified(err error) error {
	if strings.Contains(err.Error(), "fetching keys") {
		return &OIDCError{Failure: OIDCAway, Reason: "no keys"} // the error may repeat what came
	}
	return &OIDCError{Failure: OIDCRefused, Reason: "the token", Err: err}
}
