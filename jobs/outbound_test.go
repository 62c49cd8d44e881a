package jobs

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// TestOutboundAddresses tries addresses of every special purpose, each in every
// way that it is written.
func TestOutboundAddresses(t *testing.T) {
	public, here, own := &Outbound{}, &Outbound{Loopback: true}, &Outbound{Loopback: true, Private: true}
	for _, c := range []struct {
		name, addr          string
		public, here, owned bool
	}{
		{"public", "93.184.216.34", true, true, true},
		{"public, the last before a private one", "9.255.255.255", true, true, true},
		{"public, the first after a private one", "11.0.0.0", true, true, true},
		{"public, after 172.16/12", "172.32.0.1", true, true, true},
		{"public, before shared", "100.63.255.255", true, true, true},
		{"public, before multicast", "223.255.255.254", true, true, true},
		{"public of IPv6", "2606:4700:4700::1111", true, true, true},
		{"loopback", "127.0.0.1", false, true, true},
		{"loopback, another", "127.255.255.254", false, true, true},
		{"loopback of IPv6", "::1", false, true, true},
		{"10/8", "10.1.2.3", false, false, true},
		{"172.16/12", "172.16.0.1", false, false, true},
		{"172.16/12, the last", "172.31.255.255", false, false, true},
		{"192.168/16", "192.168.1.1", false, false, true},
		{"shared", "100.64.0.1", false, false, true},
		{"unique local", "fd12:3456::1", false, false, true},
		{"unique local, the first", "fc00::1", false, false, true},
		{"metadata of most clouds", "169.254.169.254", false, false, false},
		{"metadata of containers", "169.254.170.2", false, false, false},
		{"metadata of AWS by IPv6", "fd00:ec2::254", false, false, false},
		{"metadata of Alibaba", "100.100.100.200", false, false, false},
		{"of Azure", "168.63.129.16", false, false, false},
		{"link-local", "169.254.0.1", false, false, false},
		{"link-local of IPv6", "fe80::1", false, false, false},
		{"with a zone", "fe80::1%eth0", false, false, false},
		{"a public one with a zone", "2606:4700::1%eth0", false, false, false},
		{"site-local", "fec0::1", false, false, false},
		{"this host", "0.0.0.0", false, false, false},
		{"this network", "0.1.2.3", false, false, false},
		{"unspecified of IPv6", "::", false, false, false},
		{"protocol assignments", "192.0.0.8", false, false, false},
		{"documentation 1", "192.0.2.1", false, false, false},
		{"documentation 2", "198.51.100.1", false, false, false},
		{"documentation 3", "203.0.113.1", false, false, false},
		{"AS112", "192.175.48.1", false, false, false},
		{"6to4 relays", "192.88.99.1", false, false, false},
		{"benchmarks", "198.19.255.255", false, false, false},
		{"multicast", "224.0.0.1", false, false, false},
		{"reserved", "240.0.0.1", false, false, false},
		{"broadcast", "255.255.255.255", false, false, false},
		{"mapped loopback", "::ffff:127.0.0.1", false, true, true},
		{"mapped private", "::ffff:10.0.0.1", false, false, true},
		{"mapped metadata", "::ffff:169.254.169.254", false, false, false},
		{"mapped public", "::ffff:93.184.216.34", true, true, true},
		{"IPv4-compatible", "::7f00:1", false, false, false},
		{"NAT64 of loopback", "64:ff9b::7f00:1", false, false, false},
		{"NAT64 of metadata", "64:ff9b::a9fe:a9fe", false, false, false},
		{"NAT64 of a public one", "64:ff9b::5db8:d822", false, false, false},
		{"local NAT64", "64:ff9b:1::1", false, false, false},
		{"discard", "100::1", false, false, false},
		{"Teredo", "2001::1", false, false, false},
		{"ORCHID", "2001:20::1", false, false, false},
		{"documentation of IPv6", "2001:db8::1", false, false, false},
		{"documentation of IPv6, larger", "3fff::1", false, false, false},
		{"6to4 of loopback", "2002:7f00:1::", false, false, false},
		{"segment routing", "5f00::1", false, false, false},
		{"multicast of IPv6", "ff02::1", false, false, false},
		{"no use yet", "4000::1", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := netip.MustParseAddr(c.addr)
			if public.Allows(addr) != c.public || here.Allows(addr) != c.here || own.Allows(addr) != c.owned {
				t.Errorf("%v %v %v", public.Allows(addr), here.Allows(addr), own.Allows(addr))
			}
			for _, o := range []*Outbound{public, here, own} { // the dialer asks the same, before any packet is sent
				err := o.Dialer().Control("tcp6", net.JoinHostPort(c.addr, "443"), nil)
				if errors.Is(err, ErrSpecialAddress) == o.Allows(addr) {
					t.Errorf("the dialer: %v", err)
				}
			}
		})
	}
	for _, address := range []string{"", "localhost:443", "127.0.0.1", "x"} {
		if public.Dialer().Control("tcp4", address, nil) == nil {
			t.Errorf("%q is an address", address)
		}
	}
	if public.Dialer().Control("udp4", "93.184.216.34:53", nil) == nil || (&Outbound{}).Allows(netip.Addr{}) {
		t.Error("what is no connection is one")
	}
}

// resolver answers every question with the next of some addresses, and counts.
func resolver(t *testing.T, asked *atomic.Int64, answers ...string) *net.Resolver {
	t.Helper()
	server, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		var buffer [512]byte
		for {
			n, from, err := server.ReadFrom(buffer[:])
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response = true
			m.Additionals = nil
			if m.Questions[0].Type == dnsmessage.TypeA {
				next := answers[min(int(asked.Add(1))-1, len(answers)-1)]
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET},
					Body:   &dnsmessage.AResource{A: netip.MustParseAddr(next).As4()},
				}}
			}
			packed, err := m.Pack()
			if err == nil {
				_, _ = server.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// TestOutboundRebinding asks for a name whose address changes between two looks:
// each connection is held to the address that it goes to.
func TestOutboundRebinding(t *testing.T) {
	reached := atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		w.Header().Set("Connection", "close")
	}))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	get := func(o *Outbound) error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://login.example.test:"+port+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		client := o.Client()
		client.Timeout = 500 * time.Millisecond // for the address where nobody is
		defer client.CloseIdleConnections()
		answer, err := client.Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		return err
	}
	asked := atomic.Int64{}
	o := &Outbound{Resolver: resolver(t, &asked, "93.184.216.34", "127.0.0.1")}
	addresses, err := o.Resolver.LookupNetIP(t.Context(), "ip4", "login.example.test") // what a check before the connection would see
	if err != nil || !o.Allows(addresses[0]) {
		t.Fatalf("%v %v", addresses, err)
	}
	if err := get(o); !errors.Is(err, ErrSpecialAddress) || reached.Load() != 0 || asked.Load() < 2 {
		t.Errorf("asked %d times, reached %d times: %v", asked.Load(), reached.Load(), err)
	}
	asked.Store(0)
	o = &Outbound{Resolver: resolver(t, &asked, "127.0.0.1"), Loopback: true}
	if err := get(o); err != nil || reached.Load() != 1 { // or the refusal would show nothing
		t.Errorf("reached %d times: %v", reached.Load(), err)
	}
}

// TestOutboundAnswers wants no redirect followed, no answer without an end, and
// no proxy.
func TestOutboundAnswers(t *testing.T) {
	reached := atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/elsewhere":
			reached.Add(1)
		case "/redirect":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/exact":
			_, _ = w.Write([]byte(strings.Repeat("x", outboundBytes)))
		case "/long":
			_, _ = w.Write([]byte(strings.Repeat("x", outboundBytes+1)))
		case "/head":
			w.Header().Set("X-Long", strings.Repeat("x", 2*outboundHead))
		}
	}))
	defer server.Close()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	client := (&Outbound{Loopback: true}).Client()
	defer client.CloseIdleConnections()
	if client.Timeout != 10*time.Second {
		t.Errorf("waits %s", client.Timeout)
	}
	read := func(path string) (int, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			return 0, err
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if answer.StatusCode == http.StatusFound {
			return -1, err
		}
		return len(data), err
	}
	if n, err := read("/redirect"); n != -1 || err != nil || reached.Load() != 0 {
		t.Errorf("a redirect: %d %v", n, err)
	}
	if n, err := read("/exact"); n != outboundBytes || err != nil {
		t.Errorf("%d bytes: %v", n, err)
	}
	tooLong := (*http.MaxBytesError)(nil)
	if _, err := read("/long"); !errors.As(err, &tooLong) {
		t.Errorf("one byte too many: %v", err)
	}
	if _, err := read("/head"); err == nil {
		t.Error("a long header is read")
	}
}
