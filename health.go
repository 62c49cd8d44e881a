package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

type healthCommand struct{}

// healthTime is how long a server may take to say that it answers.
const healthTime = 2 * time.Second

// Run asks the server at the configured address whether it answers.
func (*healthCommand) Run(p *program) error {
	host, port, err := net.SplitHostPort(p.config.Addr)
	if err != nil {
		return &usageError{errors.New(p.say("usage.address", map[string]any{"Value": p.config.Addr}))}
	}
	switch host { // a server at all addresses is at this machine's own too
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	address := "http://" + net.JoinHostPort(host, port) + "/healthz"
	if err := ask(p.ctx, address); err != nil {
		return errors.New(p.say("serve.unhealthy", map[string]any{"URL": address, "Detail": err.Error()}))
	}
	p.line("serve.healthy", map[string]any{"URL": address})
	return nil
}

// ask gets an address, without a proxy, and wants the status 200.
func ask(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}
