package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"puente/models"
)

type backupCommand struct {
	File  string `arg:"" type:"path" help:"${help_backup_file}"`
	Check bool   `help:"${help_backup_check}"`
}

// Run copies the database of the data folder to a new file, also while a
// server uses it, or checks such a copy.
func (c *backupCommand) Run(p *program) error {
	args := map[string]any{"File": c.File}
	if c.Check {
		r, err := models.CheckCopy(p.ctx, c.File, time.Now)
		switch {
		case errors.Is(err, models.ErrInUse):
			return errors.New(p.say("backup.in_use", args))
		case err != nil:
			return err
		}
		return p.backupReport("backup.whole", c.File, r)
	}
	if p.config.Database != "" {
		return &usageError{errors.New(p.say("usage.backup_postgres", nil))}
	}
	name := filepath.Join(p.config.Data, databaseFile)
	if _, err := os.Stat(name); err != nil {
		return err // opening it would make one
	}
	store, err := models.Open(p.ctx, name, time.Now)
	if err != nil {
		return err
	}
	r, err := store.Backup(p.ctx, c.File)
	if errors.Is(err, fs.ErrExist) {
		err = errors.New(p.say("backup.there", args))
	}
	if err = errors.Join(err, store.Close()); err != nil {
		return err
	}
	return p.backupReport("backup.done", c.File, r)
}

// backupReport tells of a copy, and fails if its audit log is not as it was
// written.
func (p *program) backupReport(key, file string, r *models.AuditReport) error {
	if p.json {
		if err := p.object(map[string]any{"file": file, "entries": r.Entries, "hash": r.Hash, "fault": r.Fault, "at": r.Seq, "entry": r.Entry}); err != nil {
			return err
		}
	} else {
		p.line(key, map[string]any{"File": file})
		if err := p.auditReport(r); err != nil {
			return err
		}
	}
	if r.Fault != "" {
		return &stopped{exitFailed}
	}
	return nil
}
