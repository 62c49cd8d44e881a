package models

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// poolConfig reads the address of a PostgreSQL. Where neither it nor the environment says how connections to another
// machine are encrypted, they are, with a certificate that is verified: whoever answers would get everything otherwise.
func poolConfig(dsn string) (*pgxpool.Config, error) {
	config, err := parsePool(dsn)
	if err != nil || encrypted(&config.ConnConfig.Config) {
		return config, err
	}
	u, err := url.Parse(dsn)
	if err != nil || u.Query().Has("sslmode") {
		return nil, &Error{Code: CodeInvalid, Field: "database", Key: "store.database_tls"}
	}
	q := u.Query()
	q.Set("sslmode", "verify-full")
	u.RawQuery = q.Encode()
	return parsePool(u.String())
}

func parsePool(dsn string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read") // pgx's own error may repeat the password
	}
	return config, nil
}

// encrypted says no to what sslmode can say that encrypts only when the server likes, or does not look at its
// certificate. To encrypt nothing, within a network of one's own, has to be said: sslmode=disable.
func encrypted(config *pgconn.Config) bool {
	ways := []*pgconn.FallbackConfig{{Host: config.Host, TLSConfig: config.TLSConfig}}
	for _, way := range append(ways, config.Fallbacks...) {
		if tls := way.TLSConfig; !local(way.Host) && tls != nil && tls.InsecureSkipVerify && tls.VerifyPeerCertificate == nil {
			return false
		}
	}
	return true
}

// local says whether a host of a PostgreSQL is this machine: a folder of sockets, the loopback, or none.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || strings.HasPrefix(host, "/") || host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
