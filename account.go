package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"puente/api"
	"puente/jobs"
)

type accountCommand struct {
	Export accountExportCommand `cmd:"" help:"${help_account_export}"`
	Erase  accountEraseCommand  `cmd:"" help:"${help_account_erase}"`
}

type accountExportCommand struct {
	Account string `arg:"" help:"${help_account_who}"`
	Out     string `default:"-" placeholder:"FILE" help:"${help_account_out}"`
}

// Run writes what is stored of a person.
func (c *accountExportCommand) Run(p *program) (err error) {
	d, err := p.openMigrated()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	account, err := d.store.AccountOfPerson(p.ctx, "", c.Account)
	if err != nil {
		return err
	}
	out, err := d.store.ExportAccount(p.ctx, "", account, d.vault)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	return p.write(output{name: c.Out, mode: 0o600, data: b.Bytes()})
}

type accountEraseCommand struct {
	Account string `arg:"" help:"${help_account_who}"`
	Yes     bool   `help:"${help_account_yes}"`
}

// Run erases a person from the database and from its files. What a server of
// the same data has in memory follows the database.
func (c *accountEraseCommand) Run(p *program) (err error) {
	if !c.Yes {
		return &usageError{errors.New(p.say("usage.account_yes", map[string]any{"Account": c.Account}))}
	}
	d, err := p.openMigrated()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	account, err := d.store.AccountOfPerson(p.ctx, "", c.Account)
	if err != nil {
		return err
	}
	site := cmp.Or(strings.TrimSuffix(p.config.URL, "/"), "http://"+p.config.Addr)
	done, err := d.store.EraseAccount(p.ctx, "", account, api.Letters(p.ctx, site))
	if err != nil {
		return err
	}
	if err := d.store.Scrub(p.ctx, true); err != nil {
		fmt.Fprintln(p.stderr, p.say("erase.again", map[string]any{"Account": account})) // nothing else finds it any more
		return err
	}
	if p.json {
		return p.object(map[string]any{"account": account, "before": done.Before, "offers": done.Offers})
	}
	key := "erase.done"
	if done.Before {
		key = "erase.before"
	}
	p.line(key, map[string]any{"Account": account})
	if done.Offers > 0 {
		p.line("erase.offers", map[string]any{"Count": done.Offers})
	}
	return nil
}

// openMigrated opens data that has the form that this program needs, also while
// a server uses it. Mails can be written.
func (p *program) openMigrated() (*data, error) {
	server, err := p.smtp()
	if err != nil {
		return nil, err
	}
	d, err := p.openData()
	if err != nil {
		return nil, err
	}
	queue, err := jobs.NewQueue(d.store, jobs.QueueOptions{Vault: d.mails, SMTP: server})
	steps := 0
	if err == nil {
		steps, err = pending(p.ctx, d.store, queue)
	}
	if err == nil && steps > 0 {
		err = errors.New(p.say("migrate.pending", map[string]any{"Count": steps}))
	}
	if err == nil {
		err = d.store.KeepSecret(p.ctx, d.fingerprint) // what it seals and opens is this secret's
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}
