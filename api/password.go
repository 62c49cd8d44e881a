package api

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"puente/models"
)

// Passwords, by NIST SP 800-63B-4 for those that are the only factor: long
// enough, any characters, no rules about which, and not what is guessed first.
const (
	passwordRunes = 15
	passwordBytes = 1024
	maxHashing    = 2 // at once: each needs 19 MiB and about 20 ms of a processor
	breachedRetry = time.Minute
)

// hashing are the parameters of argon2id, the same on every machine.
var hashing = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// passwordProblem is the rule that a password breaks by itself, "" for a good
// one. Names are what else is known of its owner. It is looked at as it is
// hashed: in the composed form of Unicode, NFC. What takes a password asks
// checkPassword.
func passwordProblem(password, email string, names ...string) string {
	password = norm.NFC.String(password)
	switch {
	case utf8.RuneCountInString(password) < passwordRunes:
		return "password_short"
	case len(password) > passwordBytes:
		return "password_long"
	case email != "" && strings.EqualFold(password, email):
		return "password_email"
	}
	return guessed(password, email, names...)
}

// passwordField says at its place which rule a password breaks.
func passwordField(place, rule string) Field {
	return Field{place, rule, map[string]any{"Min": passwordRunes, "Max": passwordBytes, "Left": leastLeft}}
}

// whose is what a password must not be made of.
type whose struct {
	email string
	names []string
}

// whoseSignUp is what a password of somebody who signs up must not be made of.
func whoseSignUp(up *models.SignUp) whose {
	return whose{up.Email, []string{up.Name, up.Organization}}
}

// checkPassword says at its place why a password that somebody chooses is not
// taken: a rule that it breaks, or a list of breached passwords that has it. A
// list that cannot be read takes none.
func (s *Server) checkPassword(place, password string, of whose) error {
	rule := passwordProblem(password, of.email, of.names...)
	for _, list := range s.breached {
		if rule != "" {
			break
		}
		found, err := list.Has(password)
		if err != nil {
			return &Error{Code: CodeUnavailable, Key: "problem.breached_unread", Retry: breachedRetry, Err: err}
		}
		if found {
			rule = "password_breached"
		}
	}
	if rule == "" {
		return nil
	}
	return &Error{Code: CodeInvalid, Fields: []Field{passwordField(place, rule)}}
}

// newPassword checks and hashes a password that somebody chose; place is where
// it stands.
func (s *Server) newPassword(ctx context.Context, place, password string, of whose) (hash string, err error) {
	if err := s.checkPassword(place, password, of); err != nil {
		return "", err
	}
	return s.hash(ctx, password)
}

// hash hashes a password when its turn comes.
func (s *Server) hash(ctx context.Context, password string) (string, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(norm.NFC.String(password), hashing)
}

// unknownHash takes the place of the hash of an account that is not there, so
// that looking takes as long.
func unknownHash() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		hashing.Memory, hashing.Iterations, hashing.Parallelism)
}

// byPassword finds the account of an address and a password. Whether the
// address is unknown or the password is wrong, the error is the same, and it
// costs the same. Who guesses has to wait longer and longer.
func (s *Server) byPassword(ctx context.Context, email, password string) (*models.Account, error) {
	account, err := s.Store.AccountByEmail(ctx, email)
	nobody := unknownHash()
	known := nobody
	switch {
	case models.CodeOf(err) == models.CodeNotFound:
	case err != nil:
		return nil, err
	case account.PasswordHash != "" && account.DisabledAt == nil:
		known = account.PasswordHash
	}
	if account != nil {
		requestOf(ctx).about(account.ID)
	}
	refund, err := s.try(ctx, tryPassword, email, account)
	if err != nil {
		return nil, err
	}
	same, err := s.compare(ctx, password, known)
	if err != nil {
		return nil, err
	}
	if !same || known == nobody {
		return nil, &Error{Code: CodeUnauthorized, Key: "problem.sign_in"}
	}
	return account, refund()
}

// compare says whether a password has a hash, when its turn comes.
func (s *Server) compare(ctx context.Context, password, hash string) (bool, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if len(password) > passwordBytes {
		password = ""
	}
	return argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
}
