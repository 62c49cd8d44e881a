package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"puente/api"
	"puente/jobs"
	"puente/models"
)

type secretCommand struct {
	Rotate secretRotateCommand `cmd:"" help:"${help_secret_rotate}"`
}

type secretRotateCommand struct {
	New string `type:"path" placeholder:"FILE" help:"${help_secret_new}"`
}

// Run seals all that is sealed with a new secret. The new one is on the disk
// before anything is sealed with it, and takes the place of the old one
// afterwards; whatever ends the program in between, the same command goes on.
func (c *secretRotateCommand) Run(p *program) (err error) {
	name := filepath.Join(p.config.Data, secretFile)
	given := p.config.Secret != ""
	if given != (c.New != "") {
		return &usageError{errors.New(p.say("usage.secret_new", map[string]any{"File": name}))}
	}
	d, err := p.openRested()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	next := c.New
	if !given {
		next = name + ".new"
	}
	fresh := &data{}
	if secret, e := p.nextSecret(next, !given); e != nil {
		return e
	} else if err := fresh.derive(secret); err != nil {
		return err
	}
	if fresh.fingerprint == d.fingerprint {
		return &usageError{errors.New(p.say("usage.secret_same", nil))}
	}
	texts, err := d.reseal(p, fresh)
	if err != nil {
		return err
	}
	old := ""
	if !given {
		old = name + "-until-" + time.Now().UTC().Format("20060102T150405.000000Z")
		if err := errors.Join(os.Link(name, old), os.Rename(next, name)); err != nil {
			return err
		}
	}
	return p.rotated(texts, old)
}

// rotated tells how many texts are sealed with the new secret, and where the
// old one is.
func (p *program) rotated(texts int64, old string) error {
	if p.json {
		return p.object(map[string]any{"texts": texts, "old": old})
	}
	p.line("rotate.rotated", map[string]any{"Count": texts})
	if old == "" {
		p.line("rotate.give", nil)
	} else {
		p.line("rotate.old", map[string]any{"File": old})
	}
	return nil
}

// openRested opens data that has the form that this program needs, and that no
// server uses.
func (p *program) openRested() (*data, error) {
	d, err := p.openData()
	if err != nil {
		return nil, err
	}
	if err := p.wantRested(d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (p *program) wantRested(d *data) error {
	queue, err := jobs.NewQueue(d.store, jobs.QueueOptions{})
	if err == nil {
		err = p.lock(d)
	}
	if err != nil {
		return err
	}
	steps, err := pending(p.ctx, d.store, queue)
	switch {
	case err != nil:
		return err
	case steps > 0:
		return errors.New(p.say("migrate.pending", map[string]any{"Count": steps}))
	}
	busy, err := queue.AtWork(p.ctx)
	if err == nil && busy {
		err = errors.New(p.say("rotate.at_work", nil))
	}
	return err
}

// nextSecret reads a new secret, and makes it first if it is to.
func (p *program) nextSecret(name string, made bool) ([]byte, error) {
	if made {
		if _, err := makeSecret(name); err != nil && !errors.Is(err, fs.ErrExist) { // one of an attempt that ended
			return nil, err
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	secret := decodeSecret(string(text))
	if secret == nil {
		return nil, errors.New(p.say("data.secret_bad", map[string]any{"File": name, "Min": secretBytes}))
	}
	return secret, nil
}

// reseal seals with the keys of fresh what those of d have sealed. What an
// earlier attempt has done stays.
func (d *data) reseal(p *program, fresh *data) (texts int64, err error) {
	texts, err = d.store.Reseal(p.ctx, d.keys(), fresh.keys(), d.fingerprint, fresh.fingerprint)
	if models.CodeOf(err) == models.CodeConflict && d.store.KeepSecret(p.ctx, fresh.fingerprint) == nil {
		return 0, nil
	}
	return texts, err
}

// keys are the keys that seal what is stored.
func (d *data) keys() *models.Keys {
	k := &models.Keys{Ownership: d.vault, Mails: d.mails}
	api.Seal(k, d.http)
	return k
}
