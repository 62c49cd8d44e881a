package jobs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"pgregory.net/rapid"

	"puente/models"
	"puente/script/mailtest"
)

var letter = models.Letter{
	Subject: "Confirma tu dirección: año nuevo ñandú", Text: "Hola, María:\nhttps://puente.example/es/link/SECRETLINK\n.\nAdiós",
	HTML: `<p>Hola, <b>María</b>: <a href="https://puente.example/es/link/SECRETLINK">sí</a></p>`,
}

func vaultOf(t testing.TB) *models.Vault {
	t.Helper()
	v, err := models.NewVault([]byte(strings.Repeat("k", models.KeySize)))
	must(t, err)
	return v
}

func server(s *mailtest.Sink, how string) *SMTP {
	return &SMTP{
		Host: "127.0.0.1", Port: s.Port, User: mailtest.User, Password: mailtest.Password, TLS: how, Roots: s.Roots,
		From: "Puente México <puente@example.org>", ReplyTo: "ayuda@example.org",
	}
}

// mimeParts are the parts of a mail by their type, decoded.
func mimeParts(t *testing.T, m mailtest.Mail) map[string]string {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(m.Raw))
	must(t, err)
	media, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	must(t, err)
	if media != "multipart/alternative" {
		t.Fatalf("a mail of %s", media)
	}
	out := map[string]string{}
	for r := multipart.NewReader(parsed.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		must(t, err)
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		must(t, err)
		out[part.Header.Get("Content-Type")] = string(body)
	}
}

// TestSMTP sends a mail to a real server in each way that there is, and reads it
// as it came in.
func TestSMTP(t *testing.T) {
	for _, how := range []string{"starttls", "tls", "none"} {
		t.Run(how, func(t *testing.T) {
			sink := mailtest.Start(t, how == "tls", how == "none")
			o := server(sink, how)
			must(t, o.Check())
			at := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
			must(t, o.Send(t.Context(), at, "Lucia@ñandú.example", &letter))
			got := sink.Wait(t, "Lucia@xn--and-6ma2c.example", "")
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header("Subject"))
			must(t, err)
			if subject != letter.Subject || got.From != "puente@example.org" || got.Header("To") != "<Lucia@xn--and-6ma2c.example>" ||
				got.Header("Reply-To") != "<ayuda@example.org>" || got.Header("Date") != "Mon, 04 Jan 2027 12:00:00 +0000" || got.Header("Auto-Submitted") != "auto-generated" {
				t.Errorf("headers:\n%s", got.Raw)
			}
			from, err := mail.ParseAddress(got.Header("From"))
			must(t, err)
			if from.Name != "Puente México" || from.Address != "puente@example.org" || !strings.HasSuffix(got.Header("Message-ID"), "@example.org>") {
				t.Errorf("from %v", from)
			}
			for _, telling := range []string{"go-mail", "wneessen", "X-Mailer", "User-Agent"} {
				if strings.Contains(strings.ToLower(got.Raw), strings.ToLower(telling)) {
					t.Errorf("the mail tells of %s", telling)
				}
			}
			body := mimeParts(t, got)
			if plain := strings.ReplaceAll(body["text/plain; charset=UTF-8"], "\r\n", "\n"); strings.TrimRight(plain, "\n") != letter.Text || strings.TrimSpace(body["text/html; charset=UTF-8"]) != letter.HTML {
				t.Errorf("parts %q", body)
			}
		})
	}
}

// TestSMTPRefuses wants no mail where the other side is not who it should be,
// and no password told.
func TestSMTPRefuses(t *testing.T) {
	for name, change := range map[string]func(o *SMTP, sink *mailtest.Sink){
		"a certificate of somebody": func(o *SMTP, _ *mailtest.Sink) { o.Roots = x509.NewCertPool() },
		"another name":              func(o *SMTP, _ *mailtest.Sink) { o.Host = "localhost" },
		"a wrong password":          func(o *SMTP, _ *mailtest.Sink) { o.Password = "wrong" },
		"TLS too early":             func(o *SMTP, _ *mailtest.Sink) { o.TLS = "tls" },
		"nobody there":              func(o *SMTP, _ *mailtest.Sink) { o.Port = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			sink := mailtest.Start(t, false, false)
			o := server(sink, "starttls")
			change(o, sink)
			err := o.Send(t.Context(), time.Now(), "lucia@example.org", &letter)
			if err == nil || permanent(err) || strings.Contains(err.Error(), mailtest.Password) || len(sink.Mails()) > 0 {
				t.Errorf("%v", err)
			}
		})
	}
	plain := mailtest.Start(t, false, true)
	if err := server(plain, "starttls").Send(t.Context(), time.Now(), "lucia@example.org", &letter); err == nil || plain.Tried() > 0 {
		t.Errorf("a server without TLS was told something: %v", err)
	}
}

// TestSMTPCheck wants settings that can be meant.
func TestSMTPCheck(t *testing.T) {
	good := SMTP{Host: "mail.example.org", From: "puente@example.org"}
	must(t, good.Check())
	for name, c := range map[string]struct {
		change func(o *SMTP)
		want   error
	}{
		"no sender":            {func(o *SMTP) { o.From = "" }, ErrMailFrom},
		"two senders":          {func(o *SMTP) { o.From = "a@example.org, b@example.org" }, ErrMailFrom},
		"a line in the sender": {func(o *SMTP) { o.From = "\"A\r\nBcc: x@example.org\" <a@example.org>" }, ErrMailFrom},
		"a sender of nowhere":  {func(o *SMTP) { o.From = "a@b" }, ErrMailFrom},
		"no reply":             {func(o *SMTP) { o.ReplyTo = "help" }, ErrMailReply},
		"plain to others":      {func(o *SMTP) { o.TLS = "none" }, ErrMailPlain},
		"a user alone":         {func(o *SMTP) { o.User = "u" }, ErrMailLogin},
		"a password alone":     {func(o *SMTP) { o.Password = "p" }, ErrMailLogin},
	} {
		o := good
		c.change(&o)
		if err := o.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	here := SMTP{Host: "localhost", From: "puente@localhost", TLS: "none"}
	must(t, here.Check())
}

// TestMailHeadersProperty wants of any words and any address: a refusal, or a
// mail whose headers are those that we wrote, each once.
func TestMailHeadersProperty(t *testing.T) {
	o := &SMTP{Host: "localhost", From: "Puente <puente@example.org>", ReplyTo: "help@example.org"}
	known := map[string]bool{
		"From": true, "To": true, "Reply-To": true, "Date": true, "Subject": true, "Message-Id": true, "Mime-Version": true, "Content-Type": true, "Auto-Submitted": true,
	}
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.StringMatching(`[a-zé\r\n\t:\x00 ]{0,20}(\r?\nBcc: x@example.org)?[a-z\r\n]{0,80}`)
		to := rapid.OneOf(rapid.Just("lucia@example.org"), odd).Draw(t, "to")
		l := models.Letter{Subject: rapid.OneOf(rapid.String(), odd).Draw(t, "subject"), Text: odd.Draw(t, "text"), HTML: odd.Draw(t, "html")}
		m, err := o.message(time.Now(), to, &l)
		if err != nil {
			return
		}
		var raw strings.Builder
		if _, err := m.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		parsed, err := mail.ReadMessage(strings.NewReader(raw.String()))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range parsed.Header {
			if !known[name] || len(values) != 1 {
				t.Fatalf("header %s: %q", name, values)
			}
		}
		if got, err := parsed.Header.AddressList("To"); err != nil || len(got) != 1 || got[0].Address != "lucia@example.org" {
			t.Fatalf("to %v %v", got, err)
		}
	})
}

// TestOutbox writes mails in transactions: those that are undone leave none,
// the others are sent once and erased, and what no server takes is told.
func TestOutbox(t *testing.T) {
	stores(t, Population{}, func(t *testing.T, s *stored) {
		sink := mailtest.Start(t, false, false)
		sink.Refuse(func(to string) error {
			if strings.HasPrefix(to, "nobody") {
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
			}
			if strings.HasPrefix(to, "later") {
				return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "come back later"}
			}
			return nil
		})
		var log strings.Builder
		options := QueueOptions{Workers: 1, Vault: vaultOf(t), SMTP: server(sink, "starttls"), Log: slog.New(slog.NewTextHandler(&log, nil))}
		q, err := NewQueue(s.Store, options)
		must(t, err)
		write := func(to string) *models.Mail {
			m := &models.Mail{Kind: models.MailSignIn, Lang: "es", Address: to, ExpiresAt: s.Now().Add(time.Hour)}
			must(t, s.WriteMail(t.Context(), m, letter))
			if m.State != models.MailWaiting {
				t.Errorf("%s", m.State)
			}
			return m
		}
		good, bad, late := write("lucia@example.org"), write("nobody@example.org"), write("later@example.org")
		expired := &models.Mail{Kind: models.MailSignIn, Lang: "es", Address: "late@example.org", ExpiresAt: s.Now().Add(time.Millisecond)}
		must(t, s.WriteMail(t.Context(), expired, letter))
		time.Sleep(2 * time.Millisecond)
		tells := func(want bool) {
			t.Helper()
			for _, m := range []*models.Mail{good, bad, late} {
				got, err := s.Mail(t.Context(), m.ID)
				must(t, err)
				if l, err := s.Letter(got); (err == nil && *l == letter) != want && got.State != models.MailWaiting {
					t.Errorf("%s says %v %v", m.Address, l, err)
				}
			}
		}
		tells(true)
		must(t, q.Start(t.Context()))
		sink.Wait(t, "lucia@example.org", "SECRETLINK")
		settled := func(m *models.Mail, state models.MailState, attempts int, problem string) {
			t.Helper()
			var got *models.Mail
			for range 400 {
				got, err = s.Mail(t.Context(), m.ID)
				must(t, err)
				if got.State == state && got.Attempts >= attempts {
					break
				}
				time.Sleep(25 * time.Millisecond)
			}
			if got.State != state || got.Attempts != attempts || !strings.Contains(got.Problem, problem) || (got.Content == nil) == (state == models.MailWaiting) {
				t.Errorf("%s: %+v", m.Address, got)
			}
		}
		settled(good, models.MailSent, 1, "")
		settled(bad, models.MailFailed, 1, "no such user")
		settled(late, models.MailWaiting, 1, "come back later")
		settled(expired, models.MailFailed, 1, "expired")
		tells(false)
		must(t, q.Stop(t.Context()))
		var queued []map[string]any
		must(t, s.Gorm.Table("river_job").Find(&queued).Error)
		if text := fmt.Sprint(queued); len(queued) < 4 || strings.Contains(text, "example.org") || strings.Contains(text, "later") {
			t.Errorf("the queue knows an address, or what the server said: %s", text)
		}
		if len(sink.Mails()) > 0 {
			t.Errorf("sent twice: %v", sink.Mails())
		}
		for _, secret := range []string{"SECRETLINK", "María", mailtest.Password} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log tells of %s", secret)
			}
		}
	})
}

// TestOutboxSeals wants the words of a mail nowhere in the store, and of no use
// to another key.
func TestOutboxSeals(t *testing.T) {
	stores(t, Population{}, func(t *testing.T, s *stored) {
		_, err := NewQueue(s.Store, QueueOptions{Vault: vaultOf(t)})
		must(t, err)
		m := &models.Mail{Kind: models.MailSignIn, Lang: "es", Address: "lucia@example.org", ExpiresAt: s.Now().Add(time.Hour)}
		must(t, s.WriteMail(t.Context(), m, letter))
		var content string
		must(t, s.SQL.QueryRowContext(t.Context(), "SELECT content FROM mails").Scan(&content))
		if !strings.HasPrefix(content, "sealed1:") || strings.Contains(content, "SECRETLINK") {
			t.Errorf("stored %s", content)
		}
		kept, l, err := s.ReadMail(t.Context(), "", m.ID)
		if err != nil || kept.State != models.MailKept || *l != letter {
			t.Errorf("%v %v %v", kept, l, err)
		}
		other, err := models.NewVault([]byte(strings.Repeat("o", models.KeySize)))
		must(t, err)
		s.Outbox.Seal = other
		if _, _, err := s.ReadMail(t.Context(), "", m.ID); err == nil {
			t.Error("another key opens it")
		}
	})
}

func TestMailWait(t *testing.T) {
	if mailWait(1) != 15*time.Second || mailWait(2) != 30*time.Second || mailWait(9) != time.Hour || mailWait(1000) != time.Hour {
		t.Errorf("%v %v %v", mailWait(1), mailWait(2), mailWait(9))
	}
}
