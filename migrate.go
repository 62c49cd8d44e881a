package main

import (
	"errors"
	"strings"

	"puente/jobs"
)

type migrateCommand struct {
	Check bool `help:"${help_migrate_check}"`
}

// Run brings the database to the form that this program needs, or says only
// whether it has it; then pending steps end with exit code 1.
func (c *migrateCommand) Run(p *program) (err error) {
	d, err := p.openData()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	queue, err := jobs.NewQueue(d.store, jobs.QueueOptions{})
	if err != nil {
		return err
	}
	if c.Check {
		steps, err := pending(p.ctx, d.store, queue)
		if err == nil {
			err = p.steps("migrate.pending", steps)
		}
		if err == nil && steps > 0 {
			err = &stopped{exitFailed}
		}
		return err
	}
	if err := p.lock(d); err != nil {
		return err
	}
	steps, err := d.migrate(p.ctx, queue)
	if err != nil {
		return err
	}
	return p.steps("migrate.done", steps)
}

// steps tells by a message how many steps of a migration are done or pending.
func (p *program) steps(key string, n int) error {
	switch {
	case p.json:
		return p.object(map[string]any{strings.TrimPrefix(key, "migrate."): n})
	case n == 0:
		p.line("migrate.none", nil)
	default:
		p.line(key, map[string]any{"Count": n})
	}
	return nil
}
