package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

// audited is a store with a few entries, and how many there are.
func audited(t *testing.T, s *Store) int64 {
	t.Helper()
	ctx := t.Context()
	for n := range 4 {
		o := &Organization{Name: fmt.Sprintf("O%d", n), Country: "MX"}
		must(t, s.CreateOrganization(ctx, "", o))
		must(t, s.CreateAccount(ctx, Actor(o.ID), &Account{Email: fmt.Sprintf("a%d@example.org", n), Role: AccountMentor, Lang: "es"}))
	}
	r := verified(t, s, "")
	if r.Fault != "" || r.Entries != 8 || len(r.Hash) != 64 {
		t.Fatalf("%+v", r)
	}
	return r.Entries
}

func verified(t *testing.T, s *Store, noted string) *AuditReport {
	t.Helper()
	r, err := s.VerifyAudit(t.Context(), noted)
	must(t, err)
	return r
}

// tampered is what is found after statements of somebody who owns the database, which are undone afterwards.
func tampered(t *testing.T, s *Store, noted string, statements ...string) (r *AuditReport) {
	t.Helper()
	open := []string{
		"DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete", "DROP TRIGGER audit_chain_no_update", "DROP TRIGGER audit_chain_no_delete",
		"DROP TRIGGER audit_head_grows", "DROP TRIGGER audit_head_no_delete", "PRAGMA defer_foreign_keys = ON",
	}
	if s.Postgres() {
		open = []string{"ALTER TABLE audit_log DISABLE TRIGGER ALL", "ALTER TABLE audit_chain DISABLE TRIGGER ALL", "ALTER TABLE audit_head DISABLE TRIGGER ALL"}
	}
	undo := errors.New("undo")
	err := s.Together(t.Context(), func(ctx context.Context) error {
		err := s.InTx(ctx, func(_ *gorm.DB, tx *sql.Tx) error {
			for _, do := range append(open, statements...) {
				if _, err := tx.ExecContext(ctx, do); err != nil {
					return fmt.Errorf("%s: %w", do, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		r, err = s.VerifyAudit(ctx, noted)
		return errors.Join(err, undo)
	})
	if !errors.Is(err, undo) || r == nil {
		t.Fatal(err)
	}
	return r
}

// TestAuditChain changes, takes out, puts in and moves each entry of an audit log: each is found where it is.
func TestAuditChain(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		n := audited(t, s)
		whole := verified(t, s, "")
		entry := func(seq int64) string {
			return fmt.Sprintf("(SELECT entry_id FROM audit_chain WHERE seq = %d)", seq)
		}
		for seq := int64(1); seq <= n; seq++ {
			for name, c := range map[string]struct {
				fault AuditFault
				do    []string
			}{
				"another action":    {AuditChanged, []string{"UPDATE audit_log SET action = 'round.create' WHERE id = " + entry(seq)}},
				"another actor":     {AuditChanged, []string{"UPDATE audit_log SET actor_id = 'x' WHERE id = " + entry(seq)}},
				"another row":       {AuditChanged, []string{"UPDATE audit_log SET subject_id = 'x' WHERE id = " + entry(seq)}},
				"another table":     {AuditChanged, []string{"UPDATE audit_log SET subject = 'x' WHERE id = " + entry(seq)}},
				"other details":     {AuditChanged, []string{"UPDATE audit_log SET details = details || ' ' WHERE id = " + entry(seq)}},
				"another time":      {AuditChanged, []string{"UPDATE audit_log SET at = '2027-01-01 00:00:00+00:00' WHERE id = " + entry(seq)}},
				"another hash":      {AuditChanged, []string{fmt.Sprintf("UPDATE audit_chain SET hash = '%064d' WHERE seq = %d", 0, seq)}},
				"an entry is gone":  {AuditMissing, []string{"DELETE FROM audit_log WHERE id = " + entry(seq)}},
				"a link is gone":    {AuditMissing, []string{fmt.Sprintf("DELETE FROM audit_chain WHERE seq = %d", seq)}},
				"the last are gone": {AuditMissing, []string{fmt.Sprintf("DELETE FROM audit_chain WHERE seq >= %d", seq)}},
				"one is gone, and the others moved up": {AuditChanged, append([]string{
					fmt.Sprintf("DELETE FROM audit_chain WHERE seq = %d", seq),
				}, append(moves(seq+1, n, -1), fmt.Sprintf("UPDATE audit_head SET seq = %d", n-1))...)},
				"moved to the end": {AuditChanged, append(append([]string{fmt.Sprintf("UPDATE audit_chain SET seq = 1000 WHERE seq = %d", seq)},
					moves(seq+1, n, -1)...), fmt.Sprintf("UPDATE audit_chain SET seq = %d WHERE seq = 1000", n))},
				"put in": {AuditChanged, append(append([]string{
					"INSERT INTO audit_log (id, at, action, subject, subject_id, details) VALUES ('new', '2027-01-01 00:00:00+00:00', 'a', 'b', 'c', '{}')",
				}, moves(n, seq, 1)...), fmt.Sprintf("INSERT INTO audit_chain (seq, entry_id, hash) VALUES (%d, 'new', '%064d')", seq, 7), fmt.Sprintf("UPDATE audit_head SET seq = %d", n+1))},
			} {
				if name == "moved to the end" && seq == n {
					continue // where it is
				}
				r := tampered(t, s, "", c.do...)
				at := seq
				if name == "one is gone, and the others moved up" && seq == n {
					at = n - 1 // the head has the hash of the link that is gone
				}
				if r.Fault != c.fault || r.Seq != at || r.Entries > at {
					t.Errorf("%s, entry %d: %+v", name, seq, r)
				}
			}
		}
		loose := tampered(t, s, "", "INSERT INTO audit_log (id, at, action, subject, subject_id, details) VALUES ('new', '2027-01-01 00:00:00+00:00', 'a', 'b', 'c', '{}')")
		if loose.Fault != AuditUnlinked || loose.Entry != "new" {
			t.Errorf("an entry beside the chain: %+v", loose)
		}
		if r := tampered(t, s, "", "DELETE FROM audit_head"); r.Fault != AuditMissing || r.Entries != 0 {
			t.Errorf("without a head: %+v", r)
		}
		var before AuditLink
		must(t, s.Gorm.Where("seq = ?", n-2).First(&before).Error)
		cut := []string{
			fmt.Sprintf("DELETE FROM audit_chain WHERE seq > %d", n-2), "DELETE FROM audit_log WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE entry_id = audit_log.id)",
			fmt.Sprintf("UPDATE audit_head SET seq = %d, hash = '%s'", n-2, before.Hash),
		}
		if r := tampered(t, s, "", cut...); r.Fault != "" || r.Entries != n-2 {
			t.Errorf("cut off with its head, which nothing in the database tells: %+v", r)
		}
		if r := tampered(t, s, whole.Hash, cut...); r.Fault != AuditUnknown {
			t.Errorf("cut off, though its hash was noted: %+v", r)
		}
		if r := verified(t, s, before.Hash); r.Fault != "" || r.Entries != n {
			t.Errorf("with an earlier hash: %+v", r)
		}
		if r := verified(t, s, whole.Hash); r.Fault != "" || r.Hash != whole.Hash {
			t.Errorf("untouched: %+v", r)
		}
		for _, do := range []string{"UPDATE audit_chain SET hash = ''", "DELETE FROM audit_chain", "UPDATE audit_head SET seq = 0", "DELETE FROM audit_head"} {
			if _, err := s.SQL.ExecContext(t.Context(), do); err == nil || !strings.Contains(err.Error(), "append only") && !strings.Contains(err.Error(), "only grows") {
				t.Errorf("%s: %v", do, err)
			}
		}
	})
}

// moves are the statements that move links from one number to another by a step, in an order in which none is in the way.
func moves(from, to, step int64) (do []string) {
	for seq := from; (to-seq)*step <= 0; seq -= step {
		do = append(do, fmt.Sprintf("UPDATE audit_chain SET seq = %d WHERE seq = %d", seq+step, seq))
	}
	return do
}

// TestAuditTogether has many write at once: one chain, in which each transaction that came to an end has its entries, and
// those that were undone have none.
func TestAuditTogether(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		var together sync.WaitGroup
		const writers, each = 8, 10
		refused := errors.New("refused")
		for w := range writers {
			together.Go(func() {
				for n := range each {
					name := fmt.Sprintf("%d-%d", w, n)
					err := s.Together(ctx, func(ctx context.Context) error {
						if err := s.CreateOrganization(ctx, "", &Organization{Name: name, Country: "MX"}); err != nil {
							return err
						}
						if err := s.CreateAccount(ctx, "", &Account{Email: name + "@example.org", Role: AccountMentor, Lang: "es"}); err != nil {
							return err
						}
						twice := s.CreateAccount(ctx, "", &Account{Email: name + "@example.org", Role: AccountMentor, Lang: "es"})
						if CodeOf(twice) != CodeConflict {
							return fmt.Errorf("the same address twice: %w", twice)
						}
						if n%2 == 1 {
							return refused
						}
						return nil
					})
					if n%2 == 0 && err != nil || n%2 == 1 && !errors.Is(err, refused) {
						t.Error(err)
					}
				}
			})
		}
		together.Wait()
		r := verified(t, s, "")
		if r.Fault != "" || r.Entries != writers*each/2*2 {
			t.Errorf("%+v", r)
		}
		err := s.Audit(s.Gorm.WithContext(ctx), "", "a.b", "rows", "1", nil)
		if !errors.Is(err, errUnaudited) {
			t.Errorf("an entry of no transaction: %v", err)
		}
	})
}

// TestAuditOld gives a database of before there was a chain its chain, once.
func TestAuditOld(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			s := openStore(t, newDSN(t, kind))
			p, err := s.migrator()
			must(t, err)
			_, err = p.UpTo(ctx, 20)
			must(t, err)
			const old = 2*auditBatch + 7
			for n := range old {
				must(t, s.Gorm.Create(&AuditEntry{ID: fmt.Sprintf("old-%04d", n), At: time.Date(2026, 1, 1, 0, 0, n%60, 123456000, time.UTC), Action: "a.b", Subject: "rows", SubjectID: "1", Details: "{}"}).Error)
			}
			_, err = s.Migrate(ctx)
			must(t, err)
			if r := verified(t, s, ""); r.Fault != "" || r.Entries != old {
				t.Fatalf("%+v", r)
			}
			must(t, s.CreateOrganization(ctx, "", &Organization{Name: "New", Country: "MX"}))
			must(t, s.Gorm.Create(&AuditEntry{ID: "late", At: s.Now(), Action: "a.b", Subject: "rows", SubjectID: "1", Details: "{}"}).Error)
			_, err = s.Migrate(ctx)
			must(t, err)
			if r := verified(t, s, ""); r.Fault != AuditUnlinked || r.Entry != "late" || r.Entries != old+1 {
				t.Errorf("an entry that came beside the chain: %+v", r)
			}
		})
	}
}
