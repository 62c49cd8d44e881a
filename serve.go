package main

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"puente/api"
	"puente/jobs"
)

type openapiCommand struct{}

// Run prints the OpenAPI document of the HTTP interface.
func (*openapiCommand) Run(p *program) error {
	data, err := api.Document(jobs.Version)
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(data)
	return err
}

type serveCommand struct{}

// Run serves until it is interrupted, and then ends what is under way.
func (*serveCommand) Run(p *program) error {
	proxies, err := p.proxies()
	if err != nil {
		return err
	}
	if err := p.checkAddress(); err != nil {
		return err
	}
	var l net.ListenConfig
	listener, err := l.Listen(p.ctx, "tcp", p.config.Addr)
	if err != nil {
		return err
	}
	p.line("serve.ready", map[string]any{"URL": "http://" + listener.Addr().String()})
	server := api.New(api.Options{Log: p.log(), Now: time.Now, Version: jobs.Version, Proxies: proxies})
	if err := server.Serve(p.ctx, listener); err != nil {
		return err
	}
	p.line("serve.stopped", nil)
	return nil
}

// checkAddress refuses an address that other machines can reach, unless it was
// said that something in front encrypts.
func (p *program) checkAddress() error {
	host, _, err := net.SplitHostPort(p.config.Addr)
	if err != nil {
		return &usageError{errors.New(p.say("usage.address", map[string]any{"Value": p.config.Addr}))}
	}
	ip, err := netip.ParseAddr(host)
	local := host == "localhost" || err == nil && ip.Unmap().IsLoopback()
	if !local && !p.config.PlainHTTP {
		return &usageError{errors.New(p.say("usage.plain_http", map[string]any{"Value": p.config.Addr}))}
	}
	return nil
}

// proxies reads the networks of trusted proxies; an address is a network of
// one.
func (p *program) proxies() (list []netip.Prefix, err error) {
	for text := range strings.SplitSeq(p.config.TrustedProxies, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if addr, e := netip.ParseAddr(text); e == nil {
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, &usageError{errors.New(p.say("usage.network", map[string]any{"Flag": "--trusted-proxies", "Value": text}))}
		}
		list = append(list, network.Masked())
	}
	return list, nil
}

// log writes to standard error, in the form that was asked for.
func (p *program) log() *slog.Logger {
	if p.config.Log == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(p.stderr, nil))
}
