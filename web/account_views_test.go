package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func sampleTold(lang string) Told {
	p := samplePage(lang, "/sent")
	return Told{
		Page: p, Title: p.T("me.mail_title"), Texts: []string{p.T("me.mail_text"), p.T("me.mail_hint"), p.T("me.mail_kept")},
		Secrets: []string{"pnk_2QW7M4ZK6TJ5VHYBX3CDNAPRLE"}, Links: []Link{{Text: p.T("page.sign_in"), Path: "/sign-in"}},
	}
}

func sampleSignInProviders(lang string) SignIn {
	v := sampleSignIn(lang)
	v.Providers = []Link{
		{Text: v.T("oidc.button", "Label", "Cámara de Comercio, Servicios y Turismo de la Ciudad de Oaxaca de Juárez"), Path: "/sign-in/providers/1?next=%2Fmatch"},
		{Text: v.T("oidc.button", "Label", hostile), Path: "/sign-in/providers/2"},
	}
	return v
}

func sampleLeaving(lang string) Told {
	p := samplePage(lang, "/sign-in")
	return Told{
		Page: p, Title: p.T("oidc.leaving_title", "Label", hostile), Texts: []string{p.T("oidc.leaving_text")},
		Away: "https://login.example.org/authorize?client_id=puente&state=2QW7M4ZK6TJ5VHYBX3CDNAPRLE", AwayText: p.T("oidc.leaving_link", "Label", hostile),
	}
}

func sampleJoin(lang string) Confirm {
	p := samplePage(lang, "/sign-up/provider")
	return Confirm{
		Page: p, Title: p.T("oidc.join_title"), Text: p.T("oidc.join_text", "Label", hostile, "Email", "lucia@example.org"), Button: p.T("signup.create"), Post: "/sign-up/provider",
		Fields: JoinFields(lang, nil, nil),
	}
}

func sampleAccount(lang string) AccountPage {
	p := samplePage(lang, "/account", "my", "requests")
	return AccountPage{Page: p, Forms: []Confirm{
		{Title: p.T("me.role_title"), Text: p.T("me.role_text"), Button: p.T("me.role_button"), Post: "/account/role", Fields: RoleFields(lang, map[string]string{"role": "both"}, nil)},
		{Title: p.T("me.email_title"), Text: p.T("me.email_now", "Email", "lucia@example.org"), Button: p.T("me.email_button"), Post: "/account/email", Fields: EmailFields(lang, nil, nil)},
		{Title: p.T("form.password"), Text: p.T("me.new_password_text"), Button: p.T("me.password_change"), Post: "/account/password/change", Fields: NewPasswordFields(lang, nil)},
		{Title: p.T("me.password_forgotten"), Text: p.T("me.password_text"), Button: p.T("me.link_button"), Post: "/account/password"},
	}, Lists: []OwnList{
		{Title: p.T("second.title"), Text: p.T("second.why"), Links: []Link{{Text: p.T("second.set_up"), Path: "/account/factor"}}},
		{
			Title: p.T("oidc.links_title"), Text: p.T("oidc.links_text"),
			Rows: []OwnRow{
				{Name: hostile, Facts: []string{p.T("oidc.linked", "Created", "2027-01-04 12:00"), p.T("me.key_used", "Used", "2027-01-05 12:00")}, Button: p.T("oidc.unlink_button"), Post: "/account/providers/1"},
				{Name: "Consejo", Facts: []string{p.T("oidc.linked", "Created", "2027-01-04 12:00"), p.T("oidc.off")}, Button: p.T("oidc.unlink_button"), Post: "/account/providers/2"},
			},
			Form: Confirm{Button: p.T("oidc.link_button"), Post: "/account/providers", Fields: LinkFields(lang, []Option{{Value: "3", Label: hostile}}, true, nil, nil)},
		},
		{
			Title: p.T("me.sessions_title"), Text: p.T("me.sessions_text"), Form: Confirm{Button: p.T("me.sessions_end"), Post: "/account/sessions"},
			Rows: []OwnRow{
				{Name: "Firefox, Windows", Facts: []string{p.T("me.session_this"), p.T("me.session_begun", "Begun", "2027-01-04 12:00", "Network", "2001:db8:1234::/48", "Used", "2027-01-04 12:30")}},
				{Name: hostile, Facts: []string{p.T("me.session_ends", "Ends", "2027-01-07 12:30")}, Button: p.T("me.session_end"), Post: "/account/sessions/1"},
			},
		},
		{
			Title: p.T("me.keys_title"), Text: p.T("me.keys_text"),
			Rows: []OwnRow{{Name: hostile, Facts: []string{p.T("me.key_for", "Prefix", "pnk_2QW7M4", "Scopes", "offers:read, rounds:write")}, Button: p.T("me.session_end"), Post: "/account/keys/1"}},
			Form: Confirm{Button: p.T("me.key_make"), Post: "/account/keys", Fields: KeyFields(lang, []string{"offers:read", "rounds:write"}, nil, nil, nil)},
		},
	}}
}

func sampleAccountRefused(lang string) AccountPage {
	v := sampleAccount(lang)
	v.Forms[0] = Confirm{Title: v.T("me.role_title"), Text: v.T("me.role_fixed")}
	v.Forms[1].Fields = EmailFields(lang, map[string]string{"email": hostile}, map[string]string{"email": words[lang]["must"], "password": words[lang]["must-sign"]})
	return v
}

// sampleFactor is the page on which somebody sets up an app.
func sampleFactor(lang string) SecondFactor {
	p := samplePage(lang, "/account/factor")
	v := SecondFactor{
		Page: p, Title: p.T("second.title"), Texts: []string{p.T("second.scan")}, Secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
		URI:   "otpauth://totp/Puente:lucia@example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Puente",
		Links: []Link{{Text: p.T("me.title"), Path: "/account"}},
		Forms: []Confirm{{
			Text: p.T("second.confirm_text"), Button: p.T("second.confirm"), Post: "/account/factor/code",
			Fields: []Field{AppCodeField(lang, "code", map[string]string{"code": p.T("store.bad_code")})},
		}},
	}
	v.Code, _ = NewQR(v.URI) // TestQR reads one
	return v
}

// sampleFactorOn is the page on which somebody looks after a second factor.
func sampleFactorOn(lang string) SecondFactor {
	p := samplePage(lang, "/account/factor", "my", "requests")
	form := func(name string) Confirm {
		return Confirm{
			Title: p.T("second." + name + "_title"), Text: p.T("second." + name + "_text"), Button: p.T("second." + name), Post: "/account/factor/" + name,
			Fields: []Field{OwnPasswordField(lang, name+"_password", nil), CodeField(lang, name+"_code", nil)},
		}
	}
	return SecondFactor{
		Page: p, Title: p.T("second.title"), Texts: []string{p.T("second.since", "Since", "2027-01-04 12:00"), p.T("second.left", "Count", 1)},
		Recovery: []string{"ABCD-EFGH-IJKL-MNOP-QRST-UVWX", "2345-6723-4567-2345-6723-4567"}, Forms: []Confirm{form("new"), form("off")},
	}
}

func sampleMailbox(lang string) Mailbox {
	p := sampleAdmin(lang, "/mailbox")
	row := func(kind, to, state string) MailRow {
		return MailRow{
			Subject: Mail{Lang: lang, Kind: kind}.Subject(), Address: to, State: p.T("mailbox.state_" + state), Time: p.T("mailbox.time", "Time", "2027-01-04 12:00"),
		}
	}
	kept, waiting, lost := row("verify", "lucia@example.org", "kept"), row("sign_in", hostile, "waiting"), row("reset", "dana@example.org", "failed")
	kept.Path, waiting.Attempts, waiting.Problem = "/mailbox/1", 2, "451 4.2.1 "+hostile
	lost.Failed, lost.Attempts, lost.Problem, lost.Again = true, 1, "550 5.1.1 no such user", "/mailbox/3/again"
	return Mailbox{Page: p, States: []StateLink{{Link{p.T("mailbox.all"), "/mailbox", true}, 3}, {Link{p.T("mailbox.state_failed"), "/mailbox?state=failed", false}, 1}}, List: []MailRow{kept, waiting, lost}, Newer: "/mailbox", Older: "/mailbox?from=100"}
}

func sampleNoMail(lang string) Mailbox {
	return Mailbox{Page: samplePage(lang, "/mailbox", "rounds"), Sends: true}
}

func sampleMail(lang string) MailShown {
	row := sampleMailbox(lang).List[0]
	return MailShown{Page: samplePage(lang, "/mailbox/1", "rounds"), Row: row, Lang: "fr", Back: "/mailbox", Parts: []MailPart{
		{Text: "Bonjour,"}, {Text: hostile}, {Text: "https://puente.example/fr/link/ABCDEFGHIJKLMNOPQRSTUVWXYZ", Path: "/link/ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, {Text: "Puente"},
	}}
}

func sampleErased(lang string) MailShown {
	v := sampleMail(lang)
	v.Parts = nil
	return v
}

// mailKinds are the kinds of mails with whether they have a link; models has the
// same list, as a test of the root package sees to.
var mailKinds = map[string]bool{
	"verify": true, "known": true, "sign_in": true, "reset": true, "stranger": false, "disabled": false, "invite": true, "invited_known": false, "email": true,
	"email_taken": false, "email_changed": false, "password_changed": false, "factor_added": false, "factor_removed": false, "passkey_added": false, "passkey_removed": false,
	"erased": false, "offer_ended": false,
}

func sampleLetter(lang, kind string) Mail {
	m := Mail{Lang: lang, Kind: kind, Site: "https://puente.example"}
	if mailKinds[kind] {
		m.Link, m.Minutes = "https://puente.example/"+lang+"/link/ABCDEFGHIJKLMNOPQRSTUVWXYZ", 60
	}
	return m
}

// TestMailGolden keeps each mail in each language as it is sent.
func TestMailGolden(t *testing.T) {
	for kind := range mailKinds {
		for _, lang := range Languages {
			m := sampleLetter(lang, kind)
			got := m.Subject() + "\n\n" + m.Text() + "\n" + between.ReplaceAllString(asHTML(t, m), ">\n<") + "\n"
			file := filepath.Join("testdata", "mails", kind+"."+lang+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs; run go test ./web -update and read the difference", file)
			}
		}
	}
}

// TestMailWords wants of each mail: words for everything, one line as subject,
// the same link in both bodies, nothing that is loaded, and no other address.
func TestMailWords(t *testing.T) {
	key := regexp.MustCompile(`\bmail\.[a-z]`)
	address := regexp.MustCompile(`https?://[^\s"<]+[^\s"<.]`)
	for kind, linked := range mailKinds {
		subjects := map[string]bool{}
		for _, lang := range Languages {
			m := sampleLetter(lang, kind)
			text, page := m.Text(), asHTML(t, m)
			subjects[m.Subject()] = true
			if key.MatchString(text+page) || strings.Contains(text+page, "no value") || strings.ContainsAny(m.Subject(), "\r\n") || len([]rune(m.Subject())) > 60 {
				t.Errorf("%s in %s: %s\n%s", kind, lang, m.Subject(), text)
			}
			for _, body := range []string{text, page} {
				if linked != strings.Contains(body, m.Site+"/"+lang+"/link/") {
					t.Errorf("%s in %s has a link: %v\n%s", kind, lang, !linked, body)
				}
				for _, a := range address.FindAllString(body, -1) {
					if a != m.Link && a != m.Site {
						t.Errorf("%s in %s leads to %s", kind, lang, a)
					}
				}
			}
			for _, loads := range []string{"<img", "<link", "<script", "<iframe", "url("} {
				if strings.Contains(page, loads) {
					t.Errorf("%s in %s loads something: %s", kind, lang, loads)
				}
			}
		}
		if len(subjects) != len(Languages) {
			t.Errorf("%s has the subjects %v", kind, subjects)
		}
	}
}

// asHTML is a mail as it is sent.
func asHTML(t *testing.T, m Mail) string {
	t.Helper()
	var b strings.Builder
	if err := LetterPage(m).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
