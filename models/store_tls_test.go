package models

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// TestDatabaseTLS wants connections to another machine to be encrypted with a certificate that is verified, unless
// somebody says that there shall be none.
func TestDatabaseTLS(t *testing.T) {
	const verified, plain, refused = "verified", "plain", "refused"
	for _, c := range []struct{ dsn, env, want string }{
		{"postgres://u:p@db.example.org/puente", "", verified},
		{"postgres://u:p@203.0.113.7:5433/puente?application_name=a", "", verified},
		{"postgresql:///puente?host=db.example.org", "", verified},
		{"postgres://u:p@db.example.org/puente?sslmode=verify-full", "", verified},
		{"postgres://u:p@db.example.org/puente?sslmode=verify-ca", "", verified},
		{"postgres://u:p@db.example.org/puente", "verify-full", verified},
		{"postgres://u:p@db.example.org/puente?sslmode=disable", "", plain},
		{"postgres://u:p@db.example.org/puente?sslmode=require", "", refused},
		{"postgres://u:p@db.example.org/puente?sslmode=prefer", "", refused},
		{"postgres://u:p@db.example.org/puente?sslmode=allow", "", refused},
		{"postgres://u:p@db.example.org/puente", "prefer", refused},
		{"postgres://u:p@one.example.org:5432,two.example.org:5432/puente", "", verified},
		{"postgres://u:p@one.example.org:5432,two.example.org:5432/puente?sslmode=verify-full", "", verified},
	} {
		t.Setenv("PGSSLMODE", c.env)
		config, err := pgxpool.ParseConfig(encrypted(c.dsn))
		if err != nil {
			t.Errorf("%s: %v", c.dsn, err)
			continue
		}
		got := plain
		switch tls := config.ConnConfig.TLSConfig; {
		case checkEncrypted(&config.ConnConfig.Config) != nil:
			got = refused
		case tls != nil && verifies(tls) && len(config.ConnConfig.Fallbacks) == 0, tls != nil && verifies(tls) && config.ConnConfig.Fallbacks[0].TLSConfig != nil:
			got = verified
		}
		if got != c.want {
			t.Errorf("%s with PGSSLMODE=%s is %s, want %s", c.dsn, c.env, got, c.want)
		}
		_, err = Open(t.Context(), c.dsn, nil)
		if c.want == refused && CodeOf(err) != CodeInvalid {
			t.Errorf("%s: opened with %v", c.dsn, err)
		}
	}
	t.Setenv("PGSSLMODE", "")
	for _, here := range []string{"postgres:///puente?host=/tmp", "postgres://localhost/puente", "postgres://127.0.0.1/puente", "postgres://[::1]/puente"} {
		config, err := pgxpool.ParseConfig(encrypted(here))
		if err != nil || checkEncrypted(&config.ConnConfig.Config) != nil {
			t.Errorf("%s: on this machine nobody listens: %v", here, err)
		}
	}
}
