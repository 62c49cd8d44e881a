package jobs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Outbound says where connections that we begin may go: to public addresses,
// and to what else it names. The address is looked at after names were looked
// up, for each connection, so that a name that changes its address gains
// nothing.
type Outbound struct {
	Loopback bool // this machine too
	Private  bool // private networks too
	// Resolver looks names up; nil is that of the system. Roots verify
	// certificates; nil are those of the system.
	Resolver *net.Resolver
	Roots    *x509.CertPool
}

// ErrSpecialAddress says that a connection would have gone where it must not.
var ErrSpecialAddress = errors.New("jobs: an address that nothing is asked of")

// The limits of what we ask of others.
const (
	outboundTime  = 10 * time.Second
	outboundBytes = 1 << 20 // of an answer's body
	outboundHead  = 64 << 10
)

// special are the networks that are not public, by the registries of IANA for
// special purposes (RFC 6890 and later), with the addresses at which clouds tell
// machines their secrets. The first that holds an address decides.
var special = []struct {
	network           netip.Prefix
	loopback, private bool // allowed with
}{
	{network: netip.MustParsePrefix("168.63.129.16/32")},   // of Azure
	{network: netip.MustParsePrefix("100.100.100.200/32")}, // of Alibaba
	{network: netip.MustParsePrefix("fd00:ec2::/32")},      // of AWS
	{network: netip.MustParsePrefix("127.0.0.0/8"), loopback: true},
	{network: netip.MustParsePrefix("::1/128"), loopback: true},
	{network: netip.MustParsePrefix("10.0.0.0/8"), private: true},
	{network: netip.MustParsePrefix("172.16.0.0/12"), private: true},
	{network: netip.MustParsePrefix("192.168.0.0/16"), private: true},
	{network: netip.MustParsePrefix("100.64.0.0/10"), private: true}, // shared by the customers of a provider
	{network: netip.MustParsePrefix("fc00::/7"), private: true},
	{network: netip.MustParsePrefix("0.0.0.0/8")},
	{network: netip.MustParsePrefix("169.254.0.0/16")}, // link-local, with the metadata of most clouds
	{network: netip.MustParsePrefix("192.0.0.0/24")},
	{network: netip.MustParsePrefix("192.0.2.0/24")},
	{network: netip.MustParsePrefix("192.31.196.0/24")},
	{network: netip.MustParsePrefix("192.52.193.0/24")},
	{network: netip.MustParsePrefix("192.88.99.0/24")},
	{network: netip.MustParsePrefix("192.175.48.0/24")},
	{network: netip.MustParsePrefix("198.18.0.0/15")},
	{network: netip.MustParsePrefix("198.51.100.0/24")},
	{network: netip.MustParsePrefix("203.0.113.0/24")},
	{network: netip.MustParsePrefix("224.0.0.0/3")}, // multicast, reserved, broadcast
	{network: netip.MustParsePrefix("2001::/23")},   // Teredo, ORCHID and others
	{network: netip.MustParsePrefix("2001:db8::/32")},
	{network: netip.MustParsePrefix("2002::/16")}, // 6to4, which holds an address of IPv4
	{network: netip.MustParsePrefix("2620:4f:8000::/48")},
	{network: netip.MustParsePrefix("3fff::/20")},
}

// public6 is all of IPv6 that is given to anybody: NAT64, link-local, multicast
// and what has no use yet lie outside.
var public6 = netip.MustParsePrefix("2000::/3")

// Allows says whether a connection may go to an address. One of IPv4 that is
// written as one of IPv6 is what it is.
func (o *Outbound) Allows(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	for _, s := range special {
		if s.network.Contains(addr) {
			return s.loopback && o.Loopback || s.private && o.Private
		}
	}
	return addr.Is4() || public6.Contains(addr)
}

// Dialer makes connections to where they may go. Its errors wrap
// ErrSpecialAddress where they may not.
func (o *Outbound) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: outboundTime, Resolver: o.Resolver, Control: func(network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || network != "tcp4" && network != "tcp6" || !o.Allows(to.Addr()) {
			return fmt.Errorf("%w: %s", ErrSpecialAddress, address)
		}
		return nil
	}}
}

// Client asks where it may, by no proxy, since only a dialer of our own sees the
// address. It follows no redirect, waits 10 seconds for a whole answer, and
// reads 1 MiB of it; what is longer ends with an error.
func (o *Outbound) Client() *http.Client {
	return &http.Client{
		Timeout: outboundTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: capped{&http.Transport{
			DialContext: o.Dialer().DialContext, TLSHandshakeTimeout: outboundTime, MaxResponseHeaderBytes: outboundHead, IdleConnTimeout: time.Minute,
			MaxIdleConns: 8, MaxConnsPerHost: 8, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
		}},
	}
}

// capped puts an end to long answers.
type capped struct{ http.RoundTripper }

// RoundTrip asks.
func (c capped) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, outboundBytes)
	return answer, nil
}
