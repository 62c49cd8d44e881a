package jobs

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/mail"
	"net/netip"
	"strings"
	"time"

	smtp "github.com/wneessen/go-mail"

	"puente/models"
)

// SMTP is how mails are sent: by one server, over TLS with a certificate that is verified. Without TLS only a server
// on this machine is talked to.
type SMTP struct {
	Host           string
	Port           int    // 0: 587, or 465 with TLS from the start
	User, Password string // "" to send without signing in
	TLS            string // "starttls", the default, "tls" for TLS from the start, or "none"
	From, ReplyTo  string // an address, perhaps with a name: Puente <puente@example.org>; ReplyTo may be ""
	// Roots verify the server's certificate; nil are those of the system.
	Roots *x509.CertPool
}

// What is wrong with the settings of SMTP.
var (
	ErrMailFrom  = errors.New("jobs: no address to send mail from")
	ErrMailReply = errors.New("jobs: no address to reply to")
	ErrMailPlain = errors.New("jobs: mail without TLS goes to this machine only")
	ErrMailPort  = errors.New("jobs: no port of a mail server")
	ErrMailLogin = errors.New("jobs: a user of the mail server without a password, or the other way round")
)

// smtpTime is how long a server has for a step of taking a mail.
const smtpTime = 20 * time.Second

// Check says what is wrong with the settings.
func (o *SMTP) Check() error {
	switch {
	case parseSender(o.From) == nil:
		return ErrMailFrom
	case o.ReplyTo != "" && parseSender(o.ReplyTo) == nil:
		return ErrMailReply
	case o.TLS == "none" && !isLoopback(o.Host):
		return ErrMailPlain
	case o.Port < 0 || o.Port > 65535:
		return ErrMailPort
	case (o.User == "") != (o.Password == ""):
		return ErrMailLogin
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// parseSender reads an address of ours, perhaps with a name; nil when it is none. One of this machine is allowed.
func parseSender(text string) *mail.Address {
	a, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsFunc(a.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil
	}
	if local, ok := strings.CutSuffix(a.Address, "@"+models.LocalDomain); ok {
		_, ok = models.Email(local + "@example.org")
		if !ok {
			return nil
		}
		return a
	}
	address, ok := models.Email(a.Address)
	if !ok {
		return nil
	}
	return &mail.Address{Name: a.Name, Address: address}
}

// Send hands one mail to the server. An error that is permanent, so that trying again is of no use, is a
// [smtp.SendError] that says so; see permanent.
func (o *SMTP) Send(ctx context.Context, at time.Time, to string, l *models.Letter) error {
	message, err := o.message(at, to, l)
	if err != nil {
		return err
	}
	client, err := o.client()
	if err != nil {
		return err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	err = client.SendWithSMTPClient(connection, message)
	_ = client.CloseWithSMTPClient(connection) // what the server took it has, and what it did not is in err
	return err
}

// client makes a connection of its own for each mail: there are few.
func (o *SMTP) client() (*smtp.Client, error) {
	options := []smtp.Option{
		smtp.WithTimeout(smtpTime), smtp.WithHELO(domainOf(parseSender(o.From).Address)), smtp.WithoutNoop(),
		smtp.WithTLSConfig(&tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12, RootCAs: o.Roots}),
	}
	port := o.Port
	switch o.TLS {
	case "none":
		options = append(options, smtp.WithTLSPolicy(smtp.NoTLS))
	case "tls":
		options = append(options, smtp.WithSSL())
		if port == 0 {
			port = smtp.DefaultPortSSL
		}
	default:
		options = append(options, smtp.WithTLSPolicy(smtp.TLSMandatory))
	}
	if port == 0 {
		port = smtp.DefaultPortTLS
	}
	if o.User != "" {
		how := smtp.SMTPAuthAutoDiscover
		if o.TLS == "none" {
			how = smtp.SMTPAuthPlainNoEnc // Check wants a server on this machine
		}
		options = append(options, smtp.WithSMTPAuth(how), smtp.WithUsername(o.User), smtp.WithPassword(o.Password))
	}
	return smtp.NewClient(o.Host, append(options, smtp.WithPort(port))...)
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// errLetter says that a letter would not be one mail with one subject to one address.
var errLetter = errors.New("jobs: not a letter that can be sent")

// message writes a letter as MIME: text and HTML, in UTF-8, with headers that tell nothing of the program.
func (o *SMTP) message(at time.Time, to string, l *models.Letter) (*smtp.Msg, error) {
	address, ok := models.Email(to)
	if local, here := strings.CutSuffix(to, "@"+models.LocalDomain); here {
		_, ok = models.Email(local + "@example.org")
		address = to
	}
	if !ok || strings.ContainsFunc(l.Subject, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errLetter
	}
	m := smtp.NewMsg(smtp.WithNoDefaultUserAgent(), smtp.WithCharset(smtp.CharsetUTF8), smtp.WithEncoding(smtp.EncodingQP))
	from := parseSender(o.From)
	m.FromMailAddress(from)
	if o.ReplyTo != "" {
		m.ReplyToMailAddress(parseSender(o.ReplyTo))
	}
	m.ToMailAddress(&mail.Address{Address: address})
	m.SetDateWithValue(at.UTC())
	m.SetMessageIDWithValue(strings.ToLower(rand.Text()) + "@" + domainOf(from.Address))
	m.Subject(l.Subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(smtp.TypeTextPlain, strings.ReplaceAll(l.Text, "\n", "\r\n"))
	m.AddAlternativeString(smtp.TypeTextHTML, l.HTML)
	return m, nil
}

// permanent says that a server, or we, will never take a mail.
func permanent(err error) bool {
	failure := (*smtp.SendError)(nil)
	return errors.Is(err, errLetter) || errors.As(err, &failure) && !failure.IsTemp() && failure.ErrorCode() >= 500
}
