package api

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The profile of access tokens: JWT for programs, nothing else. One algorithm,
// every member required, no other member, and one way to write each.
const (
	tokenType   = "puente-access+jwt"
	tokenMethod = "EdDSA"
	tokenBytes  = 4 << 10 // of a whole token
	tokenSkew   = 30 * time.Second
	tokenID     = 128 // bytes of sub, jti and sid, each
)

// Claims are what an access token says. Instants are whole seconds.
type Claims struct {
	Subject string    // the account
	Session string    // what ends the token early when it ends; looked up at every use
	ID      string    // of this token
	Scope   []string  // what the token may be used for
	Issued  time.Time // and valid from then on
	Expires time.Time
}

// Tokens issues and reads the access tokens of one issuer for one audience. It
// is safe for concurrent use once it is made.
type Tokens struct {
	Issuer, Audience string
	Life             time.Duration // between Issued and Expires at most
	Now              func() time.Time
	// Keys verify, by key id; KeyID names the one whose private half is Private
	// and signs. Old keys stay until the last token of theirs has expired.
	Keys    map[string]ed25519.PublicKey
	KeyID   string
	Private ed25519.PrivateKey
}

// ErrToken is the error of every token that is not accepted; what wraps it is
// for the log and says which rule was broken, never what the token holds.
var ErrToken = errors.New("token not accepted")

// claimSet is the payload as it is written.
type claimSet struct {
	Issuer    string `json:"iss"`
	Audience  string `json:"aud"`
	Subject   string `json:"sub"`
	Session   string `json:"sid"`
	ID        string `json:"jti"`
	Scope     string `json:"scope"`
	Issued    int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
}

// The library asks for these; the dates that it compares are the same ones.

func (c *claimSet) GetIssuer() (string, error)              { return c.Issuer, nil }
func (c *claimSet) GetSubject() (string, error)             { return c.Subject, nil }
func (c *claimSet) GetAudience() (jwt.ClaimStrings, error)  { return jwt.ClaimStrings{c.Audience}, nil }
func (c *claimSet) GetIssuedAt() (*jwt.NumericDate, error)  { return date(c.Issued), nil }
func (c *claimSet) GetNotBefore() (*jwt.NumericDate, error) { return date(c.NotBefore), nil }
func (c *claimSet) GetExpirationTime() (*jwt.NumericDate, error) {
	return date(c.Expires), nil
}

func date(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(time.Unix(seconds, 0)) }

// Issue signs a token for an account's session, valid from now for Life.
func (t *Tokens) Issue(subject, session string, scope ...string) (string, Claims, error) {
	now := t.Now().UTC().Truncate(time.Second)
	c := Claims{subject, session, strings.ToLower(rand.Text()), scope, now, now.Add(t.Life)}
	token := jwt.NewWithClaims(jwt.SigningMethodEdDSA, &claimSet{
		t.Issuer, t.Audience, c.Subject, c.Session, c.ID, strings.Join(scope, " "), now.Unix(), now.Unix(), c.Expires.Unix(),
	})
	token.Header["typ"], token.Header["kid"] = tokenType, t.KeyID
	text, err := token.SignedString(t.Private)
	if err == nil && len(text) > tokenBytes {
		err = errors.New("token is too long to be accepted")
	}
	return text, c, err
}

var tokenShape = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// Read accepts a token by the whole profile or gives an error that is
// ErrToken. Whether the session still lives is for the caller to look up.
func (t *Tokens) Read(text string) (Claims, error) {
	if len(text) > tokenBytes || !tokenShape.MatchString(text) {
		return Claims{}, refused("form")
	}
	parts := strings.Split(text, ".")
	var header struct{ Alg, Typ, Kid string }
	if err := readSegment(parts[0], []string{"alg", "kid", "typ"}, &header); err != nil {
		return Claims{}, err
	}
	key, known := t.Keys[header.Kid]
	if header.Alg != tokenMethod || header.Typ != tokenType || !known {
		return Claims{}, refused("header")
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{tokenMethod}), jwt.WithStrictDecoding(), jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(),
		jwt.WithIssuer(t.Issuer), jwt.WithAudience(t.Audience), jwt.WithIssuedAt(), jwt.WithLeeway(tokenSkew), jwt.WithTimeFunc(t.Now))
	if _, err := parser.ParseWithClaims(text, &claimSet{}, func(*jwt.Token) (any, error) { return key, nil }); err != nil {
		return Claims{}, refused(libraryReason(err))
	}
	var c claimSet
	if err := readSegment(parts[1], []string{"aud", "exp", "iat", "iss", "jti", "nbf", "scope", "sid", "sub"}, &c); err != nil {
		return Claims{}, err
	}
	return t.accept(&c)
}

// accept checks what the library does not.
func (t *Tokens) accept(c *claimSet) (Claims, error) {
	life := c.Expires - c.Issued
	switch {
	case c.Issued <= 0 || life <= 0 || life > int64(t.Life/time.Second) || c.NotBefore != c.Issued:
		return Claims{}, refused("dates")
	case t.Now().Unix() >= c.Expires: // skew is for clocks that are behind, not for a longer life
		return Claims{}, refused("expired")
	case !plainID(c.Subject) || !plainID(c.Session) || !plainID(c.ID):
		return Claims{}, refused("id")
	}
	scope := strings.Fields(c.Scope)
	if strings.Join(scope, " ") != c.Scope {
		return Claims{}, refused("scope")
	}
	return Claims{c.Subject, c.Session, c.ID, scope, time.Unix(c.Issued, 0).UTC(), time.Unix(c.Expires, 0).UTC()}, nil
}

// plainID says whether a claim is an id as we write them.
func plainID(s string) bool { return len(s) <= tokenID && plainName(s) }

// tokenBounds are those of one part of a token.
var tokenBounds = bounds{bytes: tokenBytes, depth: 1, items: 16, length: 1 << 10}

// readSegment decodes one part of a token: base64 and JSON in their one strict
// form, with exactly these members, sorted, and none of them null.
func readSegment(segment string, members []string, into any) error {
	data, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	if err != nil {
		return refused("base64")
	}
	if checkJSON(data, tokenBounds) != nil {
		return refused("json")
	}
	var found map[string]json.RawMessage
	if json.Unmarshal(data, &found) != nil || len(found) != len(members) {
		return refused("members")
	}
	for _, name := range members {
		if value, ok := found[name]; !ok || bytes.Equal(value, []byte("null")) {
			return refused("members")
		}
	}
	if json.Unmarshal(data, into) != nil {
		return refused("types")
	}
	if tight := (&bytes.Buffer{}); json.Compact(tight, data) != nil || !bytes.Equal(tight.Bytes(), data) {
		return refused("white space")
	}
	return nil
}

func refused(rule string) error { return fmt.Errorf("%w: %s", ErrToken, rule) }

// libraryReason names the library's finding without what the token holds.
func libraryReason(err error) string {
	for _, known := range []error{
		jwt.ErrTokenSignatureInvalid, jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenUsedBeforeIssued,
		jwt.ErrTokenInvalidIssuer, jwt.ErrTokenInvalidAudience, jwt.ErrTokenMalformed, jwt.ErrTokenUnverifiable,
	} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "library"
}

// bearer finds the token of a request's Authorization header: one header, the
// scheme in any case, one space, the token. A request without the header gives
// "" and no error.
func bearer(h http.Header) (string, error) {
	values := h.Values("Authorization")
	if len(values) == 0 {
		return "", nil
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || token == "" || slices.Contains([]byte(token), ' ') {
		return "", refused("authorization")
	}
	return token, nil
}
