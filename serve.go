package main

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"puente/api"
	"puente/jobs"
	"puente/models"
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
func (*serveCommand) Run(p *program) (err error) {
	proxies, err := p.proxies()
	if err != nil {
		return err
	}
	if err := cmp.Or(p.checkAddress(), p.checkURL(), p.checkRates()); err != nil {
		return err
	}
	breached, err := p.breached()
	if err != nil {
		return err
	}
	if breached != nil {
		defer func() { err = errors.Join(err, breached.Close()) }()
	}
	log := p.log()
	d, queue, err := p.begin(log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := p.beginProgramme(d.store); err != nil {
		return err
	}
	var l net.ListenConfig
	listener, err := l.Listen(p.ctx, "tcp", p.config.Addr)
	if err != nil {
		return err
	}
	here := "http://" + p.named(listener.Addr().String())
	site := cmp.Or(strings.TrimSuffix(p.config.URL, "/"), here)
	server := api.New(api.Options{
		Log: log, Now: time.Now, Version: jobs.Version, Store: d.store, Queue: queue, Tokens: d.tokens(site), URL: site, Proxies: proxies,
		Workers: p.workers(), Secret: d.http, Ownership: d.vault, Rates: api.Rates(p.config.Rates),
		Breached: breached, Loopback: p.alone(site), Ready: func(ctx context.Context) error { return ready(ctx, d.store, queue) },
	})
	p.line("serve.ready", map[string]any{"URL": here})
	if err := p.beginAdmin(d.store, site); err != nil {
		return errors.Join(err, listener.Close())
	}
	return p.serve(server, listener, queue)
}

// begin opens the data for this process alone and brings it to the form that
// this program needs.
func (p *program) begin(log *slog.Logger) (d *data, queue *jobs.Queue, err error) {
	embeddings, err := p.embeddings()
	if err != nil {
		return nil, nil, err
	}
	server, err := p.smtp()
	if err != nil {
		return nil, nil, err
	}
	if d, err = p.openData(); err != nil {
		return nil, nil, err
	}
	if err = p.lock(d); err == nil {
		prove := func(round []byte) error { _, err := p.prove(round); return err }
		queue, err = jobs.NewQueue(d.store, jobs.QueueOptions{
			Log: log, Workers: p.workers(), Prove: prove, Embeddings: embeddings, Vault: d.mails, SMTP: server,
		})
	}
	if err == nil {
		_, err = d.migrate(p.ctx, queue)
	}
	if err == nil && d.locked != nil { // nobody else is at work
		err = queue.TakeUp(p.ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, queue, nil
}

// serve answers and works until the program is interrupted. Work that is under
// way then has as long as requests have, and is taken up again at the next
// start.
func (p *program) serve(server *api.Server, l net.Listener, queue *jobs.Queue) error {
	if err := queue.Start(p.ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	err := server.Serve(p.ctx, l)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), api.DefaultLimits.Stop)
	defer cancel()
	if err = errors.Join(err, queue.Stop(ctx)); err == nil {
		p.line("serve.stopped", nil)
	}
	return err
}

// ready says whether the database answers and has the form that this program
// needs.
func ready(ctx context.Context, store *models.Store, queue *jobs.Queue) error {
	if err := store.SQL.PingContext(ctx); err != nil {
		return err
	}
	steps, err := pending(ctx, store, queue)
	if err == nil && steps > 0 {
		err = fmt.Errorf("the database lacks %d steps of its migration", steps)
	}
	return err
}

// tokenLife is how long an access token is good for.
const tokenLife = time.Hour

// tokens issues and reads the access tokens of a site. Their key is known by
// the hash of its public half.
func (d *data) tokens(site string) *api.Tokens {
	public, _ := d.signing.Public().(ed25519.PublicKey) // it always is one
	sum := sha256.Sum256(public)
	id := hex.EncodeToString(sum[:8])
	return &api.Tokens{
		Issuer: site, Audience: site, Life: tokenLife, Now: time.Now,
		Keys: map[string]ed25519.PublicKey{id: public}, KeyID: id, Private: d.signing,
	}
}

// checkAddress refuses an address that other machines can reach, unless it was
// said that something in front encrypts.
func (p *program) checkAddress() error {
	host, _, err := net.SplitHostPort(p.config.Addr)
	if err != nil {
		return &usageError{errors.New(p.say("usage.address", map[string]any{"Value": p.config.Addr}))}
	}
	if !loopback(host) && !p.config.PlainHTTP {
		return &usageError{errors.New(p.say("usage.plain_http", map[string]any{"Value": p.config.Addr}))}
	}
	return nil
}

// named is the address that was listened at, with the name localhost where that
// was given: browsers have passkeys for a name only.
func (p *program) named(address string) string {
	given, _, _ := net.SplitHostPort(p.config.Addr)
	_, port, err := net.SplitHostPort(address)
	if err != nil || given != "localhost" {
		return address
	}
	return net.JoinHostPort(given, port)
}

// loopback says whether a host is this machine and nothing else.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// alone says whether only this machine reaches the server, by the address that
// it listens at and by its public one.
func (p *program) alone(site string) bool {
	host, _, err := net.SplitHostPort(p.config.Addr)
	u, wrong := url.Parse(site)
	return err == nil && wrong == nil && loopback(host) && u.Scheme == "http" && loopback(u.Hostname())
}

// checkURL refuses a public address that is more than a scheme and a host, or
// that other machines reach without encryption.
func (p *program) checkURL() error {
	u, err := url.Parse(p.config.URL)
	if p.config.URL == "" || err == nil && u.Hostname() != "" && strings.TrimSuffix(p.config.URL, "/") == u.Scheme+"://"+u.Host &&
		(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
		return nil
	}
	return &usageError{errors.New(p.say("usage.url", map[string]any{"Value": p.config.URL}))}
}

// checkRates refuses limits that are below nothing or beyond counting.
func (p *program) checkRates() error {
	if p.config.Rates < 0 || p.config.Rates > mostRates {
		return &usageError{errors.New(p.say("usage.rates", map[string]any{"Max": mostRates}))}
	}
	return nil
}

// mostRates is the largest factor of limits, in percent.
const mostRates = 100_000

// embeddings is the service that turns people's own words into vectors, nil
// without its address.
func (p *program) embeddings() (*jobs.Embeddings, error) {
	e, err := jobs.NewEmbeddings(p.config.EmbeddingsURL, p.config.EmbeddingsModel, p.config.EmbeddingsKey)
	switch {
	case errors.Is(err, jobs.ErrEmbeddingsURL): // which may hold a password
		err = &usageError{errors.New(p.say("usage.embeddings_url", nil))}
	case errors.Is(err, jobs.ErrEmbeddingsModel):
		err = &usageError{errors.New(p.say("usage.embeddings_model", nil))}
	}
	return e, err
}

// smtp is the server that takes mails, nil without its name.
func (p *program) smtp() (*jobs.SMTP, error) {
	c := &p.config
	if c.SMTPHost == "" {
		return nil, nil //nolint:nilnil // mails stay to be read
	}
	o := &jobs.SMTP{
		Host: c.SMTPHost, Port: c.SMTPPort, User: c.SMTPUser, Password: c.SMTPPassword, TLS: c.SMTPTLS, From: c.MailFrom, ReplyTo: c.MailReplyTo,
	}
	err := o.Check()
	for _, known := range []struct {
		err error
		key string
	}{
		{jobs.ErrMailFrom, "usage.mail_from"},
		{jobs.ErrMailReply, "usage.mail_reply_to"},
		{jobs.ErrMailPlain, "usage.mail_plain"},
		{jobs.ErrMailLogin, "usage.mail_login"},
		{jobs.ErrMailPort, "usage.port"},
	} {
		if errors.Is(err, known.err) {
			return nil, &usageError{errors.New(p.say(known.key, map[string]any{"Value": c.SMTPPort}))}
		}
	}
	return o, err
}

// breached is the operator's list of breached passwords, nil where none is
// named.
func (p *program) breached() (*api.Breached, error) {
	file := p.config.Breached
	if file == "" {
		return nil, nil //nolint:nilnil // the list that ships is used all the same
	}
	list, err := api.OpenBreached(file)
	if err == nil {
		return list, nil
	}
	key, args := "usage.breached_unread", map[string]any{"File": file, "Detail": err.Error()}
	if bad := (*api.NotBreached)(nil); errors.As(err, &bad) {
		key, args = "usage.breached_"+bad.Why, map[string]any{"File": file, "At": bad.At}
	}
	return nil, &usageError{errors.New(p.say(key, args))}
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
	o := &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if at, ok := a.Value.Any().(time.Time); ok && len(groups) == 0 && a.Key == slog.TimeKey {
			a.Value = slog.TimeValue(at.UTC()) // wherever the machine is
		}
		return a
	}}
	if p.config.Log == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, o))
	}
	return slog.New(slog.NewTextHandler(p.stderr, o))
}
