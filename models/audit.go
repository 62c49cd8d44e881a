package models

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
)

// Actor is who does something: an account by its id, "" when the program acts by itself.
type Actor string

// AuditEntry is one line of the audit log: who did what to which row, when. The log is append only, and
// a chain: see AuditLink.
type AuditEntry struct {
	ID        string `gorm:"primaryKey"`
	At        time.Time
	ActorID   *string
	Action    string // such as "offer.accept"
	Subject   string // table of the row
	SubjectID string
	Details   string // JSON
}

// TableName is the table of the entries.
func (AuditEntry) TableName() string { return "audit_log" }

// Audit writes one entry in the transaction of what it tells of, at its end. Details must hold no personal values, only ids,
// states and numbers.
func (s *Store) Audit(g *gorm.DB, by Actor, action, subject, id string, details map[string]any) error {
	text := []byte("{}")
	if len(details) > 0 {
		var err error
		if text, err = json.Marshal(details); err != nil {
			return err
		}
	}
	notes, ok := g.Statement.Context.Value(auditNotesKey{}).(*auditNotes)
	if !ok {
		return errUnaudited
	}
	at := s.now()
	notes.entries = append(notes.entries, AuditEntry{
		ID: newID(at), At: at, ActorID: optional(string(by)), Action: action, Subject: subject, SubjectID: id, Details: string(text),
	})
	return nil
}

// AuditLog reads the entries about one row, oldest first.
func (s *Store) AuditLog(ctx context.Context, subject, id string) (log []AuditEntry, err error) {
	err = s.Gorm.WithContext(ctx).Where("subject = ? AND subject_id = ?", subject, id).
		Order("at, (SELECT seq FROM audit_chain WHERE entry_id = audit_log.id), id").Find(&log).Error
	return log, failed("audit entry", err)
}

// optional is a column that may be empty.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
