package api

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

var tokenNow = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// testTokens signs with a key that is the same in every run.
func testTokens() *Tokens {
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	old := ed25519.NewKeyFromSeed([]byte(strings.Repeat("o", ed25519.SeedSize)))
	return &Tokens{
		Issuer: "https://puente.example", Audience: "puente-api", Life: 15 * time.Minute, Now: func() time.Time { return tokenNow },
		Keys:  map[string]ed25519.PublicKey{"k1": private.Public().(ed25519.PublicKey), "k0": old.Public().(ed25519.PublicKey)},
		KeyID: "k1", Private: private,
	}
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

const goodHeader = `{"alg":"EdDSA","kid":"k1","typ":"puente-access+jwt"}`

// goodPayload is a payload with some members replaced: pairs of a name and the
// JSON text of its value, "" to leave it out.
func goodPayload(changes ...string) string {
	members := [][2]string{
		{"iss", `"https://puente.example"`},
		{"aud", `"puente-api"`},
		{"sub", `"a1"`},
		{"sid", `"s1"`},
		{"jti", `"j1"`},
		{"scope", `"rounds:read"`},
		{"iat", fmt.Sprint(tokenNow.Unix())},
		{"nbf", fmt.Sprint(tokenNow.Unix())},
		{"exp", fmt.Sprint(tokenNow.Unix() + 900)},
	}
	var parts []string
	for _, m := range members {
		for i := 0; i < len(changes); i += 2 {
			if changes[i] == m[0] {
				m[1] = changes[i+1]
			}
		}
		if m[1] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", m[0], m[1]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// sign makes a token of any two texts, correctly signed.
func (t *Tokens) sign(header, payload string) string {
	text := b64(header) + "." + b64(payload)
	return text + "." + b64(string(ed25519.Sign(t.Private, []byte(text))))
}

func at(seconds int64) string { return fmt.Sprint(tokenNow.Unix() + seconds) }

// badTokens is the corpus: what an attacker, or a careless issuer with our
// key, could send. All of it is refused.
func badTokens() []struct{ name, token string } {
	t := testTokens()
	good := t.sign(goodHeader, goodPayload())
	parts := strings.Split(good, ".")
	other := &Tokens{Private: ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", ed25519.SeedSize)))}
	hs256 := func(secret []byte) string {
		text := b64(`{"alg":"HS256","kid":"k1","typ":"puente-access+jwt"}`) + "." + parts[1]
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(text))
		return text + "." + b64(string(mac.Sum(nil)))
	}
	header := func(h string) string { return t.sign(h, goodPayload()) }
	claims := func(changes ...string) string { return t.sign(goodHeader, goodPayload(changes...)) }
	extra := func(members string) string {
		return t.sign(goodHeader, strings.TrimSuffix(goodPayload(), "}")+","+members+"}")
	}
	flipped := []byte(parts[2])
	flipped[10] ^= 1
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		panic(err)
	}
	return []struct{ name, token string }{
		// form
		{"empty", ""},
		{"one part", parts[0]},
		{"two parts", parts[0] + "." + parts[1]},
		{"four parts", good + "." + parts[2]},
		{"empty signature", parts[0] + "." + parts[1] + "."},
		{"empty payload", parts[0] + ".." + parts[2]},
		{"space before", " " + good},
		{"line feed after", good + "\n"},
		{"space inside", parts[0] + ". " + parts[1] + "." + parts[2]},
		{"padding", good + "=="},
		{"standard alphabet", parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-1] + "+"},
		{"NUL after", good + "\x00"},
		{"word Bearer", "Bearer " + good},
		{"JSON serialisation", `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`},
		{"five parts as encrypted", good + "." + parts[1] + "." + parts[2]},
		{"longer than 4 KiB", claims("scope", `"`+strings.Repeat("a", 5000)+`"`)},
		{"header of a megabyte", header(`{"alg":"EdDSA","kid":"` + strings.Repeat("k", 1<<20) + `","typ":"puente-access+jwt"}`)},
		{"loose last bits of base64", parts[0] + "." + parts[1] + "." + parts[2][:len(parts[2])-1] + string(parts[2][len(parts[2])-1]+1)},
		// signature and algorithm
		{"signature changed", parts[0] + "." + parts[1] + "." + string(flipped)},
		{"signature cut", parts[0] + "." + parts[1] + "." + b64(string(sig[:63]))},
		{"signature longer", parts[0] + "." + parts[1] + "." + b64(string(sig)+"\x00")},
		{"signature of zeros", parts[0] + "." + parts[1] + "." + b64(strings.Repeat("\x00", 64))},
		{"payload changed", parts[0] + "." + b64(goodPayload("sub", `"a2"`)) + "." + parts[2]},
		{"another key", other.sign(goodHeader, goodPayload())},
		{"key id of another key", t.sign(`{"alg":"EdDSA","kid":"k0","typ":"puente-access+jwt"}`, goodPayload())},
		{"alg none", b64(`{"alg":"none","kid":"k1","typ":"puente-access+jwt"}`) + "." + parts[1] + "." + b64("x")},
		{"alg None", header(`{"alg":"None","kid":"k1","typ":"puente-access+jwt"}`)},
		{"alg eddsa in small letters", header(`{"alg":"eddsa","kid":"k1","typ":"puente-access+jwt"}`)},
		{"alg Ed25519", header(`{"alg":"Ed25519","kid":"k1","typ":"puente-access+jwt"}`)},
		{"alg RS256", header(`{"alg":"RS256","kid":"k1","typ":"puente-access+jwt"}`)},
		{"HS256 with the public key", hs256(t.Keys["k1"])},
		{"HS256 with an empty secret", hs256(nil)},
		{"alg as a list", header(`{"alg":["EdDSA"],"kid":"k1","typ":"puente-access+jwt"}`)},
		// header
		{"no alg", header(`{"kid":"k1","typ":"puente-access+jwt"}`)},
		{"no kid", header(`{"alg":"EdDSA","typ":"puente-access+jwt"}`)},
		{"no typ", header(`{"alg":"EdDSA","kid":"k1"}`)},
		{"typ JWT", header(`{"alg":"EdDSA","kid":"k1","typ":"JWT"}`)},
		{"typ of a refresh token", header(`{"alg":"EdDSA","kid":"k1","typ":"puente-refresh+jwt"}`)},
		{"typ with application/", header(`{"alg":"EdDSA","kid":"k1","typ":"application/puente-access+jwt"}`)},
		{"unknown kid", header(`{"alg":"EdDSA","kid":"k9","typ":"puente-access+jwt"}`)},
		{"kid as a path", header(`{"alg":"EdDSA","kid":"../../dev/null","typ":"puente-access+jwt"}`)},
		{"kid as a query", header(`{"alg":"EdDSA","kid":"k1' OR '1'='1","typ":"puente-access+jwt"}`)},
		{"kid null", header(`{"alg":"EdDSA","kid":null,"typ":"puente-access+jwt"}`)},
		{"kid a number", header(`{"alg":"EdDSA","kid":1,"typ":"puente-access+jwt"}`)},
		{"crit", header(`{"alg":"EdDSA","crit":["x"],"kid":"k1","typ":"puente-access+jwt","x":1}`)},
		{"b64 false", header(`{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"k1","typ":"puente-access+jwt"}`)},
		{"jwk", header(`{"alg":"EdDSA","jwk":{"kty":"OKP"},"kid":"k1","typ":"puente-access+jwt"}`)},
		{"jku", header(`{"alg":"EdDSA","jku":"https://evil.example/","kid":"k1","typ":"puente-access+jwt"}`)},
		{"x5u", header(`{"alg":"EdDSA","kid":"k1","typ":"puente-access+jwt","x5u":"https://evil.example/"}`)},
		{"zip", header(`{"alg":"EdDSA","kid":"k1","typ":"puente-access+jwt","zip":"DEF"}`)},
		{"cty", header(`{"alg":"EdDSA","cty":"JWT","kid":"k1","typ":"puente-access+jwt"}`)},
		{"alg twice", header(`{"alg":"none","alg":"EdDSA","kid":"k1","typ":"puente-access+jwt"}`)},
		{"ALG in capitals", header(`{"ALG":"EdDSA","kid":"k1","typ":"puente-access+jwt"}`)},
		{"header is a list", header(`["EdDSA"]`)},
		{"header is null", header(`null`)},
		{"header with white space", header(`{"alg":"EdDSA", "kid":"k1","typ":"puente-access+jwt"}`)},
		{"header with trailing text", header(goodHeader + `{}`)},
		{"header not UTF-8", header("{\"alg\":\"EdDSA\",\"kid\":\"k1\xff\",\"typ\":\"puente-access+jwt\"}")},
		// dates
		{"no exp", claims("exp", "")},
		{"exp 0", claims("exp", "0")},
		{"exp negative", claims("exp", "-1")},
		{"exp as text", claims("exp", `"`+at(900)+`"`)},
		{"exp null", claims("exp", "null")},
		{"exp with a fraction", claims("exp", at(900)+".5")},
		{"exp with an exponent", claims("exp", "1.7645724e9")},
		{"exp in the past", claims("iat", at(-1000), "nbf", at(-1000), "exp", at(-100))},
		{"exp within the skew", claims("iat", at(-900), "nbf", at(-900), "exp", at(-5))},
		{"exp now", claims("iat", at(-900), "nbf", at(-900), "exp", at(0))},
		{"exp past 64 bits", claims("exp", "99999999999999999999")},
		{"life too long", claims("exp", at(901))},
		{"no iat", claims("iat", "")},
		{"iat in the future", claims("iat", at(60), "nbf", at(60), "exp", at(600))},
		{"iat long ago", claims("iat", at(-100000))},
		{"exp before iat", claims("exp", at(-1))},
		{"no nbf", claims("nbf", "")},
		{"nbf in the future", claims("nbf", at(60))},
		{"nbf as text", claims("nbf", `"`+at(0)+`"`)},
		// other claims
		{"no iss", claims("iss", "")},
		{"another iss", claims("iss", `"https://evil.example"`)},
		{"iss with a slash more", claims("iss", `"https://puente.example/"`)},
		{"iss as a list", claims("iss", `["https://puente.example"]`)},
		{"no aud", claims("aud", "")},
		{"another aud", claims("aud", `"another"`)},
		{"aud as a list", claims("aud", `["puente-api"]`)},
		{"aud among others", claims("aud", `["another","puente-api"]`)},
		{"aud empty", claims("aud", `""`)},
		{"no sub", claims("sub", "")},
		{"sub empty", claims("sub", `""`)},
		{"sub a number", claims("sub", `1`)},
		{"sub with a quote", claims("sub", `"a1' --"`)},
		{"sub very long", claims("sub", `"`+strings.Repeat("a", 200)+`"`)},
		{"no sid", claims("sid", "")},
		{"sid null", claims("sid", "null")},
		{"no jti", claims("jti", "")},
		{"jti empty", claims("jti", `""`)},
		{"no scope", claims("scope", "")},
		{"scope as a list", claims("scope", `["rounds:read"]`)},
		{"scope with two spaces", claims("scope", `"rounds:read  rounds:write"`)},
		{"sub twice", extra(`"sub":"admin"`)},
		{"exp twice", extra(`"exp":` + at(800))},
		{"unknown claim", extra(`"admin":true`)},
		{"SUB in capitals beside sub", extra(`"SUB":"admin"`)},
		{"sub twice by escape", extra(`"s\u0075b":"admin"`)},
		{"payload is null", t.sign(goodHeader, "null")},
		{"payload is a list", t.sign(goodHeader, "[]")},
		{"payload is empty", t.sign(goodHeader, "{}")},
		{"payload is text", t.sign(goodHeader, `"a1"`)},
		{"payload with white space", t.sign(goodHeader, " "+goodPayload())},
		{"payload with trailing text", t.sign(goodHeader, goodPayload()+"x")},
		{"payload not UTF-8", claims("sub", "\"a\xff\"")},
		{"payload with NUL", claims("sub", `"a\u0000"`)},
		{"payload with a mark of byte order", t.sign(goodHeader, "\ufeff"+goodPayload())},
	}
}

func TestTokenCorpus(t *testing.T) {
	tokens := testTokens()
	if c, err := tokens.Read(tokens.sign(goodHeader, goodPayload())); err != nil || c.Subject != "a1" || c.Session != "s1" || c.Scope[0] != "rounds:read" {
		t.Fatalf("the control was refused: %v %v", c, err)
	}
	bad := badTokens()
	for _, c := range bad {
		if got, err := tokens.Read(c.token); !errors.Is(err, ErrToken) {
			t.Errorf("%s: accepted %+v, %v", c.name, got, err)
		} else if c.token != "" && len(c.token) < 40 && strings.Contains(err.Error(), c.token) {
			t.Errorf("%s: the error repeats the token", c.name)
		}
	}
	t.Logf("%d bad tokens refused", len(bad))
}

func TestTokenIssue(t *testing.T) {
	tokens := testTokens()
	text, want, err := tokens.Issue("a1", "s1", "rounds:read", "rounds:write")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		now  time.Time
		ok   bool
	}{
		{"at once", tokenNow, true},
		{"a clock a little behind", tokenNow.Add(-20 * time.Second), true},
		{"a clock far behind", tokenNow.Add(-40 * time.Second), false},
		{"in the last second", tokenNow.Add(15*time.Minute - time.Second), true},
		{"at its end", tokenNow.Add(15 * time.Minute), false},
		{"a day later", tokenNow.Add(24 * time.Hour), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tokens := testTokens()
			tokens.Now = func() time.Time { return c.now }
			got, err := tokens.Read(text)
			if (err == nil) != c.ok {
				t.Fatal(err)
			}
			if c.ok && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	again, _, err := tokens.Issue("a1", "s1")
	if err != nil || again == text {
		t.Errorf("two tokens are the same, or %v", err)
	}
	delete(tokens.Keys, "k1")
	if _, err := tokens.Read(text); err == nil {
		t.Error("a token of a withdrawn key was accepted")
	}
}

func TestBearer(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []string
		token  string
		ok     bool
	}{
		{"none", nil, "", true},
		{"plain", []string{"Bearer abc"}, "abc", true},
		{"small letters", []string{"bearer abc"}, "abc", true},
		{"two headers", []string{"Bearer abc", "Bearer abc"}, "", false},
		{"two spaces", []string{"Bearer  abc"}, "", false},
		{"another scheme", []string{"Basic abc"}, "", false},
		{"no token", []string{"Bearer"}, "", false},
		{"two tokens", []string{"Bearer abc def"}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := bearer(http.Header{"Authorization": c.values})
			if token != c.token || (err == nil) != c.ok {
				t.Errorf("got %q, %v", token, err)
			}
		})
	}
}

// FuzzToken signs whatever header and payload with the right key: only what
// keeps the whole profile may be accepted, and what is not signed never.
func FuzzToken(f *testing.F) {
	tokens := testTokens()
	f.Add(goodHeader, goodPayload(), []byte("x"))
	for _, c := range badTokens() {
		if parts := strings.Split(c.token, "."); len(parts) == 3 {
			header, _ := base64.RawURLEncoding.DecodeString(parts[0])
			payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
			f.Add(string(header), string(payload), []byte(parts[2]))
		}
	}
	f.Fuzz(func(t *testing.T, header, payload string, signature []byte) {
		c, err := tokens.Read(tokens.sign(header, payload))
		if err == nil {
			life := c.Expires.Sub(c.Issued)
			if c.Subject == "" || c.Session == "" || c.ID == "" || life <= 0 || life > tokens.Life || !tokenNow.Before(c.Expires) {
				t.Fatalf("accepted %+v", c)
			}
		}
		if _, err := tokens.Read(b64(header) + "." + b64(payload) + "." + b64(string(signature))); err == nil {
			t.Fatal("accepted a signature that is not ours")
		}
	})
}
