package models

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"

	"gorm.io/gorm"
)

// AuditLink is an entry's place in the chain of the audit log. Its hash covers the hash before, its number and all of
// its entry, so that none can be changed, taken out, put in or moved unseen.
type AuditLink struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement:false"` // from 1, without gaps
	EntryID string
	Hash    string // SHA-256 in hexadecimal digits
}

// TableName is the table of the links.
func (AuditLink) TableName() string { return "audit_chain" }

// AuditHead is the end of the chain; without it nobody would miss the last links.
type AuditHead struct {
	ID   int   `gorm:"primaryKey;autoIncrement:false"` // always 1
	Seq  int64 // of the last link, 0 without one
	Hash string
}

// TableName is the table of the one head.
func (AuditHead) TableName() string { return "audit_head" }

// hashAfter is the hash of the entry as the link with a number after a hash. Each part is preceded by its length, so
// that no two entries have the same bytes.
func (e *AuditEntry) hashAfter(hash string, seq int64) string {
	actor := "-"
	if e.ActorID != nil {
		actor = "+" + *e.ActorID
	}
	sum := sha256.New()
	var number [8]byte
	put := func(n uint64) {
		binary.BigEndian.PutUint64(number[:], n)
		sum.Write(number[:])
	}
	put(uint64(seq))
	for _, part := range []string{hash, e.ID, e.At.UTC().Format(time.RFC3339Nano), actor, e.Action, e.Subject, e.SubjectID, e.Details} {
		put(uint64(len(part)))
		sum.Write([]byte(part))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// auditNotes are the entries of a transaction. They are written at its end, so that whoever waits for the head of the
// chain holds all else that it needs: nobody waits for each other.
type auditNotes struct{ entries []AuditEntry }

type auditNotesKey struct{}

// withNotes is a context whose transaction keeps its entries in notes.
func withNotes(ctx context.Context, notes *auditNotes) context.Context {
	return context.WithValue(ctx, auditNotesKey{}, notes)
}

// errUnaudited says that there is no transaction that would write an entry.
var errUnaudited = errors.New("models: an audit entry outside of a transaction")

// auditBatch is how many rows are written or read at once.
const auditBatch = 500

// link writes the entries of a transaction and links them to the chain. Others that want to wait until it is over.
func (notes *auditNotes) link(g *gorm.DB) error {
	if len(notes.entries) == 0 {
		return nil
	}
	if err := g.CreateInBatches(notes.entries, auditBatch).Error; err != nil {
		return err
	}
	head, err := lockHead(g)
	if err != nil {
		return err
	}
	return head.extend(g, notes.entries)
}

// lockHead reads the head, which nobody else changes before the transaction is over.
func lockHead(g *gorm.DB) (*AuditHead, error) {
	var head AuditHead
	err := locked(g).Where("id = 1").First(&head).Error
	return &head, err
}

// extend links entries that are stored.
func (head *AuditHead) extend(g *gorm.DB, entries []AuditEntry) error {
	links := make([]AuditLink, len(entries))
	for i := range entries {
		head.Seq++
		head.Hash = entries[i].hashAfter(head.Hash, head.Seq)
		links[i] = AuditLink{head.Seq, entries[i].ID, head.Hash}
	}
	if err := g.CreateInBatches(links, auditBatch).Error; err != nil {
		return err
	}
	return g.Model(&AuditHead{}).Where("id = 1").UpdateColumns(map[string]any{"seq": head.Seq, "hash": head.Hash}).Error
}

// unlinked is the condition of entries that are in no chain.
const unlinked = "NOT EXISTS (SELECT 1 FROM audit_chain WHERE entry_id = audit_log.id)"

// linkOld links the entries of before there was a chain, by their time. Where there is a chain it does nothing: what is
// not in it then was put there by somebody else.
func (s *Store) linkOld(ctx context.Context) error {
	return s.write(ctx, "audit entry", func(g *gorm.DB) error {
		head, err := lockHead(g)
		if err != nil || head.Seq > 0 {
			return err
		}
		for {
			var old []AuditEntry
			err := g.Where(unlinked).Order("at, id").Limit(auditBatch).Find(&old).Error
			if err != nil || len(old) == 0 {
				return err
			}
			if err := head.extend(g, old); err != nil {
				return err
			}
		}
	})
}

// AuditFault is what can be wrong with the audit log.
type AuditFault string

// The faults.
const (
	AuditChanged  AuditFault = "changed"  // an entry, or a link, is not as it was written, or not where
	AuditMissing  AuditFault = "missing"  // an entry, or a link, was there
	AuditUnlinked AuditFault = "unlinked" // an entry is in no chain
	AuditUnknown  AuditFault = "unknown"  // the hash that was noted elsewhere is nowhere
)

// AuditReport is what VerifyAudit found.
type AuditReport struct {
	Entries int64      // that are as they were written, from the beginning on
	Hash    string     // of the last of them: to be noted elsewhere
	Fault   AuditFault // "" when all is well
	Seq     int64      // of the first link that is wrong; 0 for an entry in no chain
	Entry   string     // its id, "" if that is not known
}

// VerifyAudit walks the audit log from its beginning to its end of this moment, and stops at the first thing that is
// wrong. A hash that somebody noted of an earlier report must be among those passed, "" for none: only that shows that
// the log was not written anew from some point on by whoever owns the database. It reads every entry, tens of thousands
// a second.
func (s *Store) VerifyAudit(ctx context.Context, noted string) (*AuditReport, error) {
	g := s.Gorm.WithContext(ctx)
	var head AuditHead
	switch err := failed("audit entry", g.Where("id = 1").First(&head).Error); {
	case CodeOf(err) == CodeNotFound: // without the head there is no chain
		return &AuditReport{Fault: AuditMissing, Seq: 1}, nil
	case err != nil:
		return nil, err
	}
	r, seen := &AuditReport{}, noted == ""
	for r.Entries < head.Seq {
		var links []auditRow
		err := g.Table("audit_chain").Select("audit_chain.seq, audit_chain.hash, audit_chain.entry_id, audit_log.*").
			Joins("LEFT JOIN audit_log ON audit_log.id = audit_chain.entry_id").
			Where("audit_chain.seq > ? AND audit_chain.seq <= ?", r.Entries, head.Seq).Order("audit_chain.seq").Limit(auditBatch).Scan(&links).Error
		if err != nil {
			return nil, failed("audit entry", err)
		}
		for i := range links {
			if !r.pass(&links[i]) {
				return r, nil
			}
			seen = seen || r.Hash == noted
		}
		if len(links) == 0 {
			r.Fault, r.Seq = AuditMissing, r.Entries+1
			return r, nil
		}
	}
	if r.Hash != head.Hash {
		r.Fault, r.Seq = AuditChanged, head.Seq
		return r, nil
	}
	var loose []string
	err := g.Model(&AuditEntry{}).Where(unlinked).Order("at, id").Limit(1).Pluck("id", &loose).Error
	switch {
	case err != nil:
		return nil, failed("audit entry", err)
	case len(loose) > 0:
		r.Fault, r.Entry = AuditUnlinked, loose[0]
	case !seen:
		r.Fault, r.Seq = AuditUnknown, r.Entries
	}
	return r, nil
}

// auditRow is a link with its entry, whose id is empty when it is gone.
type auditRow struct {
	Seq     int64
	Hash    string
	EntryID string
	AuditEntry
}

// pass says whether the next link is right.
func (r *AuditReport) pass(link *auditRow) bool {
	next := r.Entries + 1
	switch {
	case link.Seq != next:
		r.Fault = AuditMissing
	case link.ID == "":
		r.Fault, r.Entry = AuditMissing, link.EntryID
	case link.hashAfter(r.Hash, next) != link.Hash:
		r.Fault, r.Entry = AuditChanged, link.EntryID
	default:
		r.Entries, r.Hash = next, link.Hash
		return true
	}
	r.Seq = next
	return false
}
