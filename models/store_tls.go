package models

import (
	"crypto/tls"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// encrypted is an address of a PostgreSQL that says how its connections are encrypted: where neither it nor the
// environment does, by TLS whose certificate is verified. Otherwise a server that offers none, or whoever answers in
// its place, would get everything in the clear.
func encrypted(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Query().Has("sslmode") || os.Getenv("PGSSLMODE") != "" || local(u.Hostname()) && (u.Query().Get("host") == "" || local(u.Query().Get("host"))) {
		return dsn
	}
	q := u.Query()
	q.Set("sslmode", "verify-full")
	u.RawQuery = q.Encode()
	return u.String()
}

// local says whether a host of a PostgreSQL is this machine: a folder of sockets, the loopback, or none.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || strings.HasPrefix(host, "/") || host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// checkEncrypted refuses what sslmode can say that encrypts only when the server likes, or does not look at its
// certificate. To encrypt nothing, within a network of one's own, has to be said: sslmode=disable.
func checkEncrypted(config *pgconn.Config) error {
	ways := []*pgconn.FallbackConfig{{Host: config.Host, TLSConfig: config.TLSConfig}}
	for _, way := range append(ways, config.Fallbacks...) {
		if !local(way.Host) && way.TLSConfig != nil && !verifies(way.TLSConfig) {
			return &Error{Code: CodeInvalid, Field: "database", Key: "store.database_tls"}
		}
	}
	return nil
}

// verifies says whether a certificate is looked at: by the host's name, or only by who signed it.
func verifies(config *tls.Config) bool {
	return !config.InsecureSkipVerify || config.VerifyPeerCertificate != nil
}
