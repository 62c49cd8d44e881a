package api

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// liar is a provider that says what a test wants it to say. Without a lie it is
// an honest one that signs its only user in without asking.
type liar struct {
	*httptest.Server

	t         *testing.T
	subject   string
	email     string
	algorithm jwt.SigningMethod
	key       any // private, or of bytes

	document func(map[string]any)                 // changes what it says of itself
	back     func(url.Values)                     // changes what the browser brings back
	claims   func(jwt.MapClaims)                  // changes the token
	tokens   func(map[string]any)                 // changes the answer with the token
	serve    map[string]func(http.ResponseWriter) // takes the place of an address

	mu     sync.Mutex
	codes  map[string]url.Values // requests by code
	access string
	asked  map[string]int // how often an address was asked for
}

const (
	clientID     = "puente"
	clientSecret = "a secret of a client, which nobody sees again"
)

// liarKeys are keys of each kind, made once.
var liarKeys = sync.OnceValue(func() map[string]any {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	two, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return map[string]any{"rsa": one, "other rsa": two, "ec": curve, "ed": edwards}
})

func newLiar(t *testing.T, subject, email string) *liar {
	l := &liar{
		t: t, subject: subject, email: email, algorithm: jwt.SigningMethodRS256, key: liarKeys()["rsa"], codes: map[string]url.Values{},
		access: "the access token of " + subject, asked: map[string]int{}, serve: map[string]func(http.ResponseWriter){},
	}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

func encoded64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// ServeHTTP answers as a provider does.
func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[r.URL.Path]++
	if f := l.serve[r.URL.Path]; f != nil {
		f(w)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		document := map[string]any{
			"issuer": l.URL, "authorization_endpoint": l.URL + "/authorize", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"userinfo_endpoint": l.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		}
		if l.document != nil {
			l.document(document)
		}
		l.send(w, document)
	case "/authorize":
		asked := r.URL.Query()
		code := rand.Text()
		l.codes[code] = asked
		back := url.Values{"code": {code}, "state": {asked.Get("state")}}
		if l.back != nil {
			l.back(back)
		}
		http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	case "/token":
		l.token(w, r)
	case "/keys":
		l.send(w, map[string]any{"keys": []any{l.public()}})
	case "/userinfo":
		if r.Header.Get("Authorization") != "Bearer "+l.access {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		l.send(w, map[string]any{"sub": l.subject, "email": l.email, "email_verified": true})
	default:
		http.NotFound(w, r)
	}
}

func (l *liar) send(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(what); err != nil {
		l.t.Log(err)
	}
}

// public is the key as a JSON Web Key.
func (l *liar) public() map[string]any {
	out := map[string]any{"kid": "k1", "use": "sig"}
	switch k := l.key.(type) {
	case *rsa.PrivateKey:
		maps.Copy(out, map[string]any{"kty": "RSA", "n": encoded64(k.N.Bytes()), "e": encoded64(big.NewInt(int64(k.E)).Bytes())})
	case *ecdsa.PrivateKey:
		point, err := k.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		maps.Copy(out, map[string]any{"kty": "EC", "crv": "P-256", "x": encoded64(point[1:33]), "y": encoded64(point[33:])})
	case ed25519.PrivateKey:
		maps.Copy(out, map[string]any{"kty": "OKP", "crv": "Ed25519", "x": encoded64(k.Public().(ed25519.PublicKey))})
	default:
		one := liarKeys()["rsa"].(*rsa.PrivateKey)
		maps.Copy(out, map[string]any{"kty": "RSA", "n": encoded64(one.N.Bytes()), "e": encoded64(big.NewInt(int64(one.E)).Bytes())})
	}
	return out
}

// token gives a token for a code, to whoever keeps the rules.
func (l *liar) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(why string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		l.send(w, map[string]any{"error": "invalid_grant", "error_description": why})
	}
	asked := l.codes[r.FormValue("code")]
	delete(l.codes, r.FormValue("code"))
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	switch {
	case asked == nil:
		refuse("no such code")
		return
	case id != clientID || secret != clientSecret || asked.Get("client_id") != clientID:
		refuse("another client")
		return
	case asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != encoded64(sum[:]):
		refuse("another verifier")
		return
	case r.FormValue("redirect_uri") != asked.Get("redirect_uri") || asked.Get("response_type") != "code" || !strings.Contains(asked.Get("scope"), "openid"):
		refuse("another request")
		return
	}
	hash := sha256.Sum256([]byte(l.access))
	half := hash[:16]
	if l.algorithm.Alg() == "EdDSA" { // its hash is SHA-512
		long := sha512.Sum512([]byte(l.access))
		half = long[:32]
	}
	claims := jwt.MapClaims{
		"iss": l.URL, "sub": l.subject, "aud": clientID, "exp": time.Now().Add(5 * time.Minute).Unix(), "iat": time.Now().Unix(),
		"nonce": asked.Get("nonce"), "at_hash": encoded64(half), "email": l.email, "email_verified": true,
	}
	if l.claims != nil {
		l.claims(claims)
	}
	token := jwt.NewWithClaims(l.algorithm, claims)
	token.Header["kid"] = "k1"
	signed, err := token.SignedString(l.key)
	if err != nil {
		l.t.Error(err)
	}
	answer := map[string]any{"access_token": l.access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}
	if l.tokens != nil {
		l.tokens(answer)
	}
	l.send(w, answer)
}

// publicBytes is the RSA key of the provider as a program might use it by mistake
// as the secret of HS256.
func publicBytes() []byte {
	one := liarKeys()["rsa"].(*rsa.PrivateKey)
	out, err := x509.MarshalPKIXPublicKey(&one.PublicKey)
	if err != nil {
		panic(err)
	}
	return out
}
