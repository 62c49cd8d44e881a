package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"puente/api"
	"puente/jobs"
	"puente/matching/verify"
	"puente/models"
)

// The people of the demonstration.
const (
	demoMentors = 140
	demoMentees = 300
)

// demoPorts is how many ports are tried before giving up.
const demoPorts = 50

type demoCommand struct {
	Seed uint64 `default:"1" help:"${help_seed}"`
	Keep string `placeholder:"FOLDER" help:"${help_demo_keep}"`
	Port int    `default:"8080" help:"${help_port}"`
}

// Run makes a throw-away installation with synthetic people, makes and proves a
// round of them, and serves it until it is interrupted.
func (c *demoCommand) Run(p *program) (err error) {
	began := time.Now()
	if c.Port < 0 || c.Port > 65535 {
		return &usageError{errors.New(p.say("usage.port", map[string]any{"Value": c.Port}))}
	}
	remove, err := c.folder(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d, queue, err := p.begin(log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	demo := demonstration{p, d.store}
	best, err := demo.round(c.Seed)
	if err != nil {
		return err
	}
	listener, err := c.listen(p)
	if err != nil {
		return err
	}
	site := "http://" + listener.Addr().String()
	server := api.New(api.Options{
		Log: log, Now: time.Now, Version: jobs.Version, Store: d.store, Queue: queue, Tokens: d.tokens(site), URL: site, Workers: p.workers(),
		Secret: d.http, Ownership: d.vault, Rates: api.Rates(p.config.Rates), Loopback: true, Demonstration: true,
	})
	if err := demo.people(server, site, best); err != nil {
		return errors.Join(err, listener.Close())
	}
	ready := "demo.ready"
	if c.Keep != "" {
		ready = "demo.ready_kept"
	}
	args := map[string]any{"URL": site + "/" + p.words.Lang + "/", "Milliseconds": time.Since(began).Milliseconds(), "Folder": p.config.Data}
	p.line(ready, args)
	return p.serve(server, listener, queue)
}

// folder makes the data folder: one that is removed at the end, or the empty or
// new one that was named.
func (c *demoCommand) folder(p *program) (remove func() error, err error) {
	p.config.Database, p.config.Secret = "", ""
	if c.Keep == "" {
		p.config.Data, err = os.MkdirTemp("", "puente-demo-")
		return func() error { return os.RemoveAll(p.config.Data) }, err
	}
	entries, err := os.ReadDir(c.Keep)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(entries) > 0 {
		return nil, &usageError{errors.New(p.say("usage.keep", map[string]any{"Folder": c.Keep}))}
	}
	p.config.Data = filepath.Clean(c.Keep)
	return func() error { return nil }, nil
}

// listen takes the port, or the next one that is free.
func (c *demoCommand) listen(p *program) (net.Listener, error) {
	var config net.ListenConfig
	for port := c.Port; ; port++ {
		l, err := config.Listen(p.ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || port >= c.Port+demoPorts || port == 65535 {
			return l, err
		}
	}
}

// demonstration fills a store.
type demonstration struct {
	*program

	store *models.Store
}

// round makes the people and a round of them, publishes it, and prints it. It
// gives the offer of the best pair.
func (d demonstration) round(seed uint64) (*models.Offer, error) {
	programme := &models.Programme{Name: d.say("demo.programme", nil), Locale: d.words.Lang}
	if err := d.store.CreateProgramme(d.ctx, "", programme); err != nil {
		return nil, err
	}
	mentors, mentees := jobs.Generate(jobs.Population{Mentors: demoMentors, Mentees: demoMentees, Seed: seed})
	if err := jobs.Populate(d.ctx, d.store, "", programme.ID, mentors, mentees, models.ProfileWaiting); err != nil {
		return nil, err
	}
	round, err := d.closedRound(programme.ID, "demo.round", int64(seed&(1<<53-1)))
	if err != nil {
		return nil, err
	}
	run, err := d.store.CreateRun(d.ctx, "", round.ID, nil)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	var proof verify.Result
	m, err := jobs.RunNow(d.ctx, d.store, run.ID, jobs.RunOptions{Workers: d.workers(), Prove: func(round []byte) error {
		var err error
		proof, err = d.prove(round)
		return err
	}})
	if err != nil {
		return nil, err
	}
	d.summary(result{m.Summary(5, d.words), nil, provedBy(proof, time.Since(began))}, proof)
	fmt.Fprintln(d.stdout)
	offers, err := d.store.Publish(d.ctx, "", round.ID, run.ID)
	if err != nil {
		return nil, err
	}
	if _, err := d.closedRound(programme.ID, "demo.next_round", int64(seed&(1<<53-1))); err != nil {
		return nil, err
	}
	pairs, err := d.store.Pairs(d.ctx, run.ID)
	if err != nil {
		return nil, err
	}
	for i := range offers {
		if offers[i].PairID == pairs[0].ID {
			return &offers[i], nil
		}
	}
	return nil, errors.New("the demonstration's round has no pair")
}

// closedRound makes a round that is ready for a run.
func (d demonstration) closedRound(programme, name string, seed int64) (*models.Round, error) {
	r := &models.Round{ProgrammeID: programme, Name: d.say(name, nil), Seed: seed, Start: jobs.DefaultStart}
	if err := d.store.CreateRound(d.ctx, "", r); err != nil {
		return nil, err
	}
	if _, err := d.store.MoveRound(d.ctx, "", r.ID, models.RoundStart); err != nil {
		return nil, err
	}
	return d.store.MoveRound(d.ctx, "", r.ID, models.RoundClose)
}

// people makes accounts for the two people of an offer and for staff, and
// prints the link with which each of them signs in.
func (d demonstration) people(server *api.Server, site string, best *models.Offer) error {
	for _, who := range []struct {
		key, email, profile string
		role                models.AccountRole
	}{
		{"demo.business", "business@example.org", best.MenteeID, models.AccountEntrepreneur},
		{"demo.mentor", "mentor@example.org", best.MentorID, models.AccountMentor},
		{"demo.staff", "staff@example.org", "", models.AccountAdmin}, // who reads the mailbox too
	} {
		account := &models.Account{Email: who.email, Role: who.role, Lang: d.words.Lang, VerifiedAt: new(d.store.Now())}
		if err := d.store.CreateAccount(d.ctx, "", account); err != nil {
			return err
		}
		if who.profile != "" {
			if err := d.store.ClaimProfile(d.ctx, "", who.profile, account.ID); err != nil {
				return err
			}
		}
		id, hash := api.Secret()
		if err := d.store.CreateLink(d.ctx, "", &models.Link{IDHash: hash, Purpose: models.LinkDemo, AccountID: &account.ID}); err != nil {
			return err
		}
		d.line(who.key, map[string]any{"URL": site + "/" + d.words.Lang + "/link/" + id})
		if who.role == models.AccountAdmin {
			d.line("demo.mailbox", nil)
			token, err := server.IssueToken(d.ctx, account.ID)
			if err != nil {
				return err
			}
			d.line("demo.api", map[string]any{"URL": site + "/api/docs"})
			d.line("demo.token", map[string]any{"Token": token.AccessToken})
		}
	}
	return nil
}
