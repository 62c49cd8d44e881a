package models

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestBackup copies a database while others write it: what was acknowledged before is in the copy, though a copy of the
// file alone would lack it.
func TestBackup(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "puente.db")
	s := openStore(t, path)
	_, err := s.Migrate(t.Context())
	must(t, err)
	const writers = 4
	var acknowledged [writers]atomic.Int64
	var at sync.WaitGroup
	var over atomic.Bool
	for w := range writers {
		at.Go(func() {
			for n := int64(1); !over.Load(); n++ {
				o := &Organization{Name: fmt.Sprintf("%d-%d", w, n), Country: "MX"}
				if err := s.CreateOrganization(t.Context(), "", o); err != nil {
					t.Error(err)
					return
				}
				acknowledged[w].Store(n)
			}
		})
	}
	for n := range 5 {
		for acknowledged[0].Load() < int64(20*(n+1)) {
			time.Sleep(time.Millisecond)
		}
		var before [writers]int64
		for w := range writers {
			before[w] = acknowledged[w].Load()
		}
		name := filepath.Join(folder, fmt.Sprintf("copy %d?#%%.db", n))
		r, err := s.Backup(t.Context(), name)
		must(t, err)
		if r.Fault != "" || r.Entries < before[0] {
			t.Errorf("the log of the copy: %+v, after %v", r, before)
		}
		wantCopied(t, name, before[:])
	}
	over.Store(true)
	at.Wait()
	alone := filepath.Join(folder, "alone.db") // the finding F8
	_, err = s.SQL.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	must(t, err)
	must(t, s.CreateOrganization(t.Context(), "", &Organization{Name: "last", Country: "MX"}))
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(alone, data, 0o600))
	lost, err := CheckCopy(t.Context(), alone, time.Now)
	must(t, err)
	kept, err := s.Backup(t.Context(), filepath.Join(folder, "kept.db"))
	must(t, err)
	if lost.Entries != kept.Entries-1 {
		t.Errorf("%d entries in the file alone, %d in the copy", lost.Entries, kept.Entries)
	}
	if _, err := CheckCopy(t.Context(), path, time.Now); !errors.Is(err, ErrInUse) {
		t.Errorf("a database at work: %v", err)
	}
}

// wantCopied wants in a copy what had been written, and the copy for its owner only, alone, and not changed by being checked.
func wantCopied(t *testing.T, name string, before []int64) {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	_, err = CheckCopy(t.Context(), name, time.Now)
	must(t, err)
	again, err := os.ReadFile(name)
	must(t, err)
	if !bytes.Equal(data, again) {
		t.Error("checking changed the copy")
	}
	info, err := os.Stat(name)
	must(t, err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".backup-*"))
	must(t, err)
	if len(beside) > 0 {
		t.Errorf("left %v", beside)
	}
	s := openStore(t, name)
	defer func() { must(t, s.Close()) }()
	for w, n := range before {
		var there int64
		must(t, s.Gorm.Model(&Organization{}).Where("name IN (?, ?)", fmt.Sprintf("%d-%d", w, n), fmt.Sprintf("%d-1", w)).Distinct("name").Count(&there).Error)
		if want := min(n, 2); there != want {
			t.Errorf("of writer %d, %d acknowledged: %d of the first and the last are there", w, n, there)
		}
	}
	steps, err := s.Pending(t.Context())
	must(t, err)
	if steps != 0 {
		t.Errorf("%d steps are pending", steps)
	}
}

// TestBackupRefused leaves what is there, and nothing of what failed.
func TestBackupRefused(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		folder := t.TempDir()
		there := filepath.Join(folder, "there")
		must(t, os.WriteFile(there, []byte("mine"), 0o600))
		if s.Postgres() {
			if _, err := s.Backup(t.Context(), filepath.Join(folder, "copy")); err == nil {
				t.Error("a PostgreSQL was copied")
			}
			return
		}
		if _, err := s.Backup(t.Context(), there); !errors.Is(err, fs.ErrExist) {
			t.Errorf("over another file: %v", err)
		}
		if data, err := os.ReadFile(there); err != nil || string(data) != "mine" {
			t.Errorf("%q, %v", data, err)
		}
		if _, err := s.Backup(t.Context(), filepath.Join(folder, "no", "such")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("into no folder: %v", err)
		}
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := s.Backup(ended, filepath.Join(folder, "copy")); err == nil {
			t.Error("copied after its end")
		}
		names, err := filepath.Glob(filepath.Join(folder, "*"))
		must(t, err)
		hidden, err := filepath.Glob(filepath.Join(folder, ".*"))
		must(t, err)
		if len(names)+len(hidden) != 1 {
			t.Errorf("left %v %v", names, hidden)
		}
	})
}

// TestCheckCopy finds what is wrong with a copy.
func TestCheckCopy(t *testing.T) {
	folder := t.TempDir()
	s := openStore(t, filepath.Join(folder, "puente.db"))
	_, err := s.Migrate(t.Context())
	must(t, err)
	for n := range 200 {
		must(t, s.CreateOrganization(t.Context(), "", &Organization{Name: fmt.Sprintf("organisation %d", n), Country: "MX"}))
	}
	whole := filepath.Join(folder, "whole")
	_, err = s.Backup(t.Context(), whole)
	must(t, err)
	data, err := os.ReadFile(whole)
	must(t, err)
	page := 4096
	pages := len(data) / page
	for name, spoil := range map[string]func([]byte) []byte{
		"half of it":        func(b []byte) []byte { return b[:pages/2*page] },
		"a page is missing": func(b []byte) []byte { return b[:len(b)-page] },
		"no database":       func([]byte) []byte { return []byte("no database at all, but long enough to be looked at") },
		"pages of zeros":    func(b []byte) []byte { clear(b[pages/3*page : pages/2*page]); return b },
		"the first page":    func(b []byte) []byte { clear(b[100:page]); return b },
	} {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, spoil(bytes.Clone(data)), 0o600))
		if r, err := CheckCopy(t.Context(), path, time.Now); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r, err := CheckCopy(t.Context(), whole, time.Now); err != nil || r.Fault != "" || r.Entries != 200 {
		t.Errorf("whole: %+v, %v", r, err)
	}
	if _, err := CheckCopy(t.Context(), filepath.Join(folder, "none"), time.Now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for name, sql := range map[string]string{
		"an entry is changed":    "DROP TRIGGER audit_log_no_update; UPDATE audit_log SET subject_id = 'x' WHERE id = (SELECT entry_id FROM audit_chain WHERE seq = 7)",
		"a reference to nothing": "PRAGMA foreign_keys = off; INSERT INTO grants (id, account_id, role, organization_id, granted_at) VALUES ('g', 'none', 'reviewer', 'none', CURRENT_TIMESTAMP)",
	} {
		path := filepath.Join(folder, name)
		must(t, os.WriteFile(path, data, 0o600))
		changed := openStore(t, path)
		changed.SQL.SetMaxOpenConns(1)
		_, err := changed.SQL.ExecContext(t.Context(), sql)
		must(t, err)
		_, err = changed.SQL.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
		must(t, err)
		must(t, changed.Close())
		if r, err := CheckCopy(t.Context(), path, time.Now); err == nil && r.Fault == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
