// Package mailtest is a mail server for tests: it takes mails over SMTP with a
// certificate that it makes itself, and shows them.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// The user that the server knows.
const (
	User     = "puente"
	Password = "the mail server's own"
)

// Mail is a mail as it came in.
type Mail struct {
	From, To string // of the envelope
	Raw      string
}

// Header reads a header of the mail; "" when it is not there.
func (m Mail) Header(name string) string {
	parsed, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return parsed.Header.Get(name)
}

// Sink is a mail server.
type Sink struct {
	Port  int
	Roots *x509.CertPool // with which its certificate is verified

	mu     sync.Mutex
	mails  []Mail
	refuse func(to string) error
	tried  int
}

// Start serves on this machine until the test ends: with TLS from the start,
// or with STARTTLS, without which it takes no mail unless plain.
func Start(t testing.TB, fromStart, plain bool) *Sink {
	t.Helper()
	certificate, roots := certify(t)
	s := &Sink{Roots: roots}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{sink: s, conn: c, plain: plain}, nil
	}))
	server.Domain, server.AllowInsecureAuth, server.ReadTimeout, server.WriteTimeout = "mail.example.org", plain, time.Minute, time.Minute
	server.ErrorLog = silent{}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	address, _ := listener.Addr().(*net.TCPAddr) // it always is one
	s.Port = address.Port
	if fromStart {
		listener = tls.NewListener(listener, config)
	} else if !plain {
		server.TLSConfig = config
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with the test
	}()
	t.Cleanup(func() {
		_ = server.Close() // it has nothing to lose
		<-done
	})
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Mails are those that came in, in their order.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Tried says how many mails were begun.
func (s *Sink) Tried() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried
}

// Refuse makes the server answer with an error of f where it has one; nil takes
// everything again.
func (s *Sink) Refuse(f func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = f
}

// Wait waits for a mail to an address that holds a text, and takes it away.
func (s *Sink) Wait(t testing.TB, to, text string) Mail {
	t.Helper()
	for range 600 {
		s.mu.Lock()
		for i, m := range s.mails {
			if m.To == to && strings.Contains(m.Raw, text) {
				s.mails = append(s.mails[:i:i], s.mails[i+1:]...)
				s.mu.Unlock()
				return m
			}
		}
		s.mu.Unlock()
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("no mail to %s with %q", to, text)
	return Mail{}
}

// session is one connection.
type session struct {
	sink     *Sink
	conn     *smtp.Conn
	plain    bool
	signedIn bool
	from, to string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) { //nolint:ireturn // as the library asks
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.signedIn = user == User && password == Password; !s.signedIn {
			return errors.New("no such user")
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.tried++
	_, encrypted := s.conn.TLSConnectionState()
	if !s.plain && (!encrypted || !s.signedIn) {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	if s.sink.refuse != nil {
		if err := s.sink.refuse(to); err != nil {
			return err
		}
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, Mail{s.from, s.to, string(data)})
	return nil
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// certify makes a certificate of this machine.
func certify(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}
