package models

import "testing"

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
		{"postgres://u:p@db.example.org/puente", "prefer", verified},
		{"postgres://u:p@db.example.org/puente", "disable", plain},
		{"postgres://u:p@one.example.org:5432,two.example.org:5432/puente", "", verified},
		{"postgres://u:p@one.example.org:5432,two.example.org:5432/puente?sslmode=verify-full", "", verified},
	} {
		t.Setenv("PGSSLMODE", c.env)
		config, err := poolConfig(c.dsn)
		got := plain
		switch {
		case CodeOf(err) == CodeInvalid:
			got = refused
		case err != nil:
			t.Errorf("%s: %v", c.dsn, err)
		case config.ConnConfig.TLSConfig != nil:
			got = verified
			for _, way := range config.ConnConfig.Fallbacks {
				if way.TLSConfig == nil {
					got = "in the clear if TLS fails"
				}
			}
		}
		if got != c.want {
			t.Errorf("%s with PGSSLMODE=%s is %s, want %s", c.dsn, c.env, got, c.want)
		}
	}
	t.Setenv("PGSSLMODE", "")
	for _, here := range []string{"postgres:///puente?host=/tmp", "postgres://localhost/puente", "postgres://127.0.0.1/puente", "postgres://[::1]/puente"} {
		if _, err := poolConfig(here); err != nil {
			t.Errorf("%s: on this machine nobody listens: %v", here, err)
		}
	}
}
