package main

import (
	"encoding/hex"
	"errors"
	"strings"

	"puente/models"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"${help_audit_verify}"`
}

type auditVerifyCommand struct {
	Noted string `placeholder:"HASH" help:"${help_audit_noted}"`
}

// Run walks the audit log and says how many entries are as they were written,
// and what is wrong first. Then the exit code is 1.
func (c *auditVerifyCommand) Run(p *program) (err error) {
	noted := strings.ToLower(strings.TrimSpace(c.Noted))
	if raw, bad := hex.DecodeString(noted); noted != "" && (bad != nil || len(raw) != 32) {
		return &usageError{errors.New(p.say("usage.audit_noted", nil))}
	}
	d, err := p.openData()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if steps, err := d.store.Pending(p.ctx); err != nil || steps > 0 {
		return errors.Join(err, errors.New(p.say("migrate.pending", map[string]any{"Count": steps})))
	}
	r, err := d.store.VerifyAudit(p.ctx, noted)
	if err != nil {
		return err
	}
	if err := p.auditReport(r); err != nil {
		return err
	}
	if r.Fault != "" {
		return &stopped{exitFailed}
	}
	return nil
}

func (p *program) auditReport(r *models.AuditReport) error {
	if p.json {
		return p.object(map[string]any{"entries": r.Entries, "hash": r.Hash, "fault": r.Fault, "at": r.Seq, "entry": r.Entry})
	}
	if r.Fault != "" {
		p.line("audit."+string(r.Fault), map[string]any{"Seq": r.Seq, "Entry": r.Entry})
	}
	p.line("audit.whole", map[string]any{"Count": r.Entries})
	if r.Hash != "" && r.Fault == "" {
		p.line("audit.hash", map[string]any{"Hash": r.Hash})
	}
	return nil
}
