package api

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/net/html/atom"

	"puente/models"
)

// site serves an installation at its public address, and gives browsers that
// know where that is.
func (i *installation) site() func() *browser {
	server := httptest.NewServer(i)
	i.t.Cleanup(server.Close)
	return func() *browser {
		b := newBrowser(i.t, i.URL)
		b.client.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == strings.TrimPrefix(i.URL, "http://")+":80" {
				address = server.Listener.Addr().String()
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}
		i.t.Cleanup(b.client.CloseIdleConnections)
		return b
	}
}

// away follows the link that leads elsewhere, as the page does by itself.
func (b *browser) away() *browser {
	b.t.Helper()
	return b.address(b.leads())
}

// leads is the address elsewhere of the page.
func (b *browser) leads() string {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if rel, _ := attribute(n, "rel"); n.DataAtom == atom.A && rel == "noreferrer" {
			href, _ := attribute(n, "href")
			return href
		}
	}
	b.t.Fatalf("%s: nothing leads away:\n%s", b.path, textOf(b.page))
	return ""
}

// address goes to a whole address.
func (b *browser) address(to string) *browser {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, to, nil)
	must(b.t, err)
	return b.send(r)
}

// comesBack is the address with which a provider sends the browser back.
func (b *browser) comesBack(to string) string {
	b.t.Helper()
	client := *b.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, to, nil)
	must(b.t, err)
	answer, err := client.Do(r)
	must(b.t, err)
	must(b.t, answer.Body.Close())
	return answer.Header.Get("Location")
}

// in says who is signed in on a browser, "" for nobody.
func (b *browser) in() string {
	b.t.Helper()
	b.open("/es/account")
	if strings.HasPrefix(b.path, "/es/sign-in") {
		return ""
	}
	b.sees(200)
	_, after, _ := strings.Cut(textOf(b.page), "Ahora es ")
	return strings.TrimSuffix(strings.Fields(after + " ?")[0], ".")
}

// withProvider lets people sign in by a provider, which its administrator sets
// up through the interface.
func (i *installation) withProvider(issuer, label string) string {
	i.t.Helper()
	return i.provider(i.admin(), issuer, label).text("id")
}

// admin is an administrator, made once.
func (i *installation) admin() person {
	i.t.Helper()
	a, err := i.Store.AccountByEmail(i.t.Context(), "root@example.org")
	if err != nil {
		return i.withRole(models.AccountAdmin, "root@example.org")
	}
	token, _, err := i.Tokens.Issue(a.ID, i.programSession(a.ID).IDHash, "api")
	must(i.t, err)
	return person{i, token, "es"}
}

func (i *installation) provider(admin person, issuer, label string) answer {
	i.t.Helper()
	home := admin.call(201, "POST", "/api/v1/organizations", object{"name": label + " " + issuer, "country": "MX"}).text("id")
	return admin.call(201, "POST", "/api/v1/providers", object{
		"organization": home, "issuer": issuer, "client_id": clientID, "client_secret": clientSecret, "label": label, "enabled": true,
	})
}

// member is an account with a password, that of the tests.
func (i *installation) member(email string) *models.Account {
	i.t.Helper()
	hash, err := i.hash(i.t.Context(), password)
	must(i.t, err)
	a := &models.Account{Email: email, Role: models.AccountMentor, Lang: "es", VerifiedAt: new(i.Store.Now()), PasswordHash: hash}
	must(i.t, i.Store.CreateAccount(i.t.Context(), "", a))
	return a
}

// linked links an account with a subject, past the pages.
func (i *installation) linked(a *models.Account, provider, subject string) {
	i.t.Helper()
	p, err := i.Store.Provider(i.t.Context(), provider)
	must(i.t, err)
	must(i.t, i.Store.LinkIdentity(i.t.Context(), a.ID, p, subject))
}

// press presses the button of a provider on the sign-in page.
func (b *browser) press(provider string) *browser {
	b.t.Helper()
	return b.open("/es/sign-in").sees(200).submit("/es/sign-in/providers/"+provider, nil)
}

// TestProviderLies lets a provider lie in every way that there is, and wants
// nobody signed in by it, a page that says so in the reader's language, and
// nothing of it in the log. The rows that sign in are there to show that the
// others would.
func TestProviderLies(t *testing.T) {
	now := time.Now()
	claim := func(name string, value any) func(*liar) {
		return func(l *liar) {
			l.claims = func(c jwt.MapClaims) {
				if c[name] = value; value == nil {
					delete(c, name)
				}
			}
		}
	}
	document := func(name string, value any) func(*liar) {
		return func(l *liar) { l.document = func(d map[string]any) { d[name] = value } }
	}
	signs := func(algorithm jwt.SigningMethod, key any) func(*liar) {
		return func(l *liar) { l.algorithm, l.key = algorithm, key }
	}
	serves := func(path string, serve func(http.ResponseWriter)) func(*liar) {
		return func(l *liar) { l.serve[path] = serve }
	}
	status := func(code int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(strings.Repeat("CANARY ", 1000)))
		}
	}
	long := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"keys":[],"x":"` + strings.Repeat("x", 2<<20) + `"}`))
	}
	slow := func(http.ResponseWriter) { time.Sleep(400 * time.Millisecond) }
	back := func(name, value string) func(*liar) {
		return func(l *liar) {
			l.back = func(v url.Values) {
				v.Del(name)
				if value != "" {
					v.Set(name, value)
				}
			}
		}
	}
	fails := func(code string) func(*liar) {
		return func(l *liar) {
			l.back = func(v url.Values) { v.Del("code"); v.Set("error", code); v.Set("error_description", "CANARY <script>") }
		}
	}
	both := func(all ...func(*liar)) func(*liar) {
		return func(l *liar) {
			for _, f := range all {
				f(l)
			}
		}
	}
	const in, refused, away, denied, lost = "in", "pudo confirmar", "no responde como debería", "no quisiste iniciar sesión", "ya terminó"
	keys := liarKeys()
	rows := []struct {
		name string
		lie  func(*liar)
		want string
	}{
		{"the truth, RS256", nil, in},
		{"the truth, ES256", signs(jwt.SigningMethodES256, keys["ec"]), in},
		{"the truth, EdDSA", signs(jwt.SigningMethodEdDSA, keys["ed"]), in},
		{"without at_hash", claim("at_hash", nil), in},
		{"azp is our client", claim("azp", clientID), in},
		{"several audiences, azp our client", func(l *liar) {
			l.claims = func(c jwt.MapClaims) { c["aud"], c["azp"] = []string{"project", clientID}, clientID }
		}, in},
		{"names its issuer as it says", both(document("authorization_response_iss_parameter_supported", true), func(l *liar) { back("iss", l.URL)(l) }), in},

		{"another nonce", claim("nonce", "another"), refused},
		{"no nonce", claim("nonce", nil), refused},
		{"another audience", claim("aud", "another"), refused},
		{"no audience", claim("aud", nil), refused},
		{"several audiences without azp", claim("aud", []string{clientID, "another"}), refused},
		{"another azp", claim("azp", "another"), refused},
		{"another issuer", claim("iss", "https://login.example.org"), refused},
		{"no issuer", claim("iss", nil), refused},
		{"the issuer with a slash", func(l *liar) { claim("iss", l.URL+"/")(l) }, refused},
		{"no subject", claim("sub", ""), refused},
		{"a subject that is a number", claim("sub", 7), refused},
		{"a long subject", claim("sub", strings.Repeat("s", 256)), refused},
		{"a subject with a zero byte", claim("sub", "liar\x00"), refused},
		{"expired", claim("exp", now.Add(-time.Minute).Unix()), refused},
		{"without an end", claim("exp", nil), refused},
		{"issued tomorrow", claim("iat", now.Add(24*time.Hour).Unix()), refused},
		{"issued at no time", claim("iat", nil), refused},
		{"not good before tomorrow", claim("nbf", now.Add(24*time.Hour).Unix()), refused},
		{"the hash of another access token", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), refused},
		{"alg none", signs(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), refused}, //lint:allow jwtoptions: the provider of the test lies
		{"HS256 with the client's secret", signs(jwt.SigningMethodHS256, []byte(clientSecret)), refused},
		{"HS256 with the public key", signs(jwt.SigningMethodHS256, publicBytes()), refused},
		{"RS384", signs(jwt.SigningMethodRS384, keys["rsa"]), refused},
		{"PS256", signs(jwt.SigningMethodPS256, keys["rsa"]), refused},
		{"another key", func(l *liar) {
			right := l.public()
			l.key = keys["other rsa"]
			l.serve["/keys"] = func(w http.ResponseWriter) { l.send(w, map[string]any{"keys": []any{right}}) }
		}, refused},
		{"no keys", serves("/keys", func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"keys":[]}`)) }), refused},
		{"a token that is none", func(l *liar) { l.tokens = func(a map[string]any) { a["id_token"] = "a.b.c" } }, refused},
		{"a token in five parts", func(l *liar) { l.tokens = func(a map[string]any) { a["id_token"] = "a.b.c.d.e" } }, refused},
		{"no id_token", func(l *liar) { l.tokens = func(a map[string]any) { delete(a, "id_token") } }, refused},
		{"an id_token that is a number", func(l *liar) { l.tokens = func(a map[string]any) { a["id_token"] = 1 } }, refused},
		{"no access token", func(l *liar) { l.tokens = func(a map[string]any) { delete(a, "access_token") } }, refused},
		{"tokens that are none", serves("/token", func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>CANARY")) }), refused},
		{"tokens refused", serves("/token", status(400)), refused},
		{"tokens elsewhere", serves("/token", status(307)), refused},

		{"names another issuer", back("iss", "https://login.example.org"), refused},
		{"says that it names its issuer, and does not", document("authorization_response_iss_parameter_supported", true), refused},
		{"no code", back("code", ""), refused},
		{"another code", back("code", "another"), refused},
		{"another state", back("state", "another"), lost},
		{"no state", back("state", ""), lost},
		{"access_denied", fails("access_denied"), denied},
		{"an error that nobody knows", fails("CANARY"), refused},
		{"server_error", fails("server_error"), away},
		{"access_denied of another issuer", both(fails("access_denied"), func(l *liar) {
			was := l.back
			l.back = func(v url.Values) { was(v); v.Set("iss", "https://login.example.org") }
		}), refused},

		{"tokens later", serves("/token", slow), away},
		{"tokens fail", serves("/token", status(502)), away},
		{"tokens without an end", serves("/token", long), refused},
		{"keys later", serves("/keys", slow), away},
		{"keys fail", serves("/keys", status(500)), away},
		{"keys elsewhere", serves("/keys", status(302)), away},
		{"keys without an end", serves("/keys", long), away},
		{"keys on another machine", document("jwks_uri", "http://keys.example.org"), away},
		{"down", func(l *liar) { l.Close() }, away},
		{"itself later", serves("/.well-known/openid-configuration", slow), away},
		{"itself elsewhere", serves("/.well-known/openid-configuration", status(301)), away},
		{"itself without an end", serves("/.well-known/openid-configuration", long), away},
		{"itself fails", serves("/.well-known/openid-configuration", status(500)), away},
		{"itself as a page", serves("/.well-known/openid-configuration", func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>CANARY")) }), away},
		{"itself as somebody else", document("issuer", "https://login.example.org"), away},
		{"asks for people without encryption", document("authorization_endpoint", "http://login.example.org/authorize"), away},
		{"asks for people by a script", document("authorization_endpoint", "javascript:alert(1)"), away},
		{"gives tokens without encryption", document("token_endpoint", "http://login.example.org/token"), away},
		{"gives tokens nowhere", document("token_endpoint", ""), away},
		{"gives tokens at a number", document("token_endpoint", 7), away},
		{"gives tokens of the cloud's metadata", document("token_endpoint", "https://169.254.169.254/token"), away},
	}
	onBoth(t, func(t *testing.T, i *installation) {
		i.oidc.Wait = 200 * time.Millisecond
		i.budgets = generous()
		visitor := i.site()
		account := i.member("dana@example.org")
		admin := i.admin()
		refusals := 0
		for n, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				i.t = t
				l := newLiar(t, fmt.Sprintf("liar-CANARY-%d", n), "CANARY@example.org")
				provider := i.provider(person{i, admin.token, "es"}, l.URL, fmt.Sprintf("Cámara %d", n)).text("id")
				i.linked(account, provider, l.subject)
				if row.lie != nil {
					l.mu.Lock()
					row.lie(l)
					l.mu.Unlock()
				}
				b := visitor()
				b.t = t
				b.press(provider)
				if b.status == 200 {
					b.away()
				}
				said := textOf(b.page)
				if row.want == in {
					if who := b.in(); who != account.Email {
						t.Errorf("%q is in: %s\n%s", who, said, i.log.tail())
					}
					return
				}
				refusals++
				if !strings.Contains(said, row.want) || b.status < 400 || strings.Contains(said, "CANARY") || strings.Contains(b.text, "state=") || strings.Contains(b.text, "code=") {
					t.Errorf("%d: %s\n%.3000s", b.status, said, i.log.tail())
				}
				if who := b.in(); who != "" {
					t.Errorf("%s is in", who)
				}
			})
		}
		i.t = t
		accounts, err := i.Store.Accounts(t.Context(), "")
		must(t, err)
		if len(accounts) != 2 {
			t.Errorf("%d accounts", len(accounts))
		}
		for _, secret := range []string{"CANARY", clientSecret, "the access token", "eyJ"} {
			if strings.Contains(i.log.String(), secret) {
				t.Errorf("%s is in the log:\n%s", secret, i.log)
			}
		}
		t.Logf("%d ways to lie", refusals)
	})
}

// tail is the end of the log.
func (l *logBuffer) tail() string {
	all := l.String()
	return all[max(0, len(all)-1200):]
}

// address0 is the address of the site.
func (b *browser) address0() *url.URL {
	u, err := url.Parse(b.base)
	must(b.t, err)
	return u
}

func (i *installation) accountOf(email string) string {
	i.t.Helper()
	a, err := i.Store.AccountByEmail(i.t.Context(), email)
	must(i.t, err)
	return a.ID
}
