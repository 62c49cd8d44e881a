package models

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestExport compares an export with a search of every row of every table for what names the subject: they are the same
// rows, as they are stored, without what opens something.
func TestExport(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			dsn := newDSN(t, kind)
			s := openStore(t, dsn)
			_, err := s.Migrate(t.Context())
			must(t, err)
			f := newSubject(t, s, dsn)
			x, err := s.ExportAccount(t.Context(), Actor(f.account.ID), f.account.ID, f.vault)
			must(t, err)
			text, err := json.Marshal(x)
			must(t, err)
			var got struct {
				Format, Account string
				Tables          map[string][]map[string]any
			}
			must(t, json.Unmarshal(text, &got))
			if got.Format != ExportFormat || got.Account != f.account.ID {
				t.Errorf("%s of %s", got.Format, got.Account)
			}
			f.checkExport(t, got.Tables)
			f.checkSecrets(t, string(text))
			last, err := s.AuditLog(t.Context(), "accounts", f.account.ID)
			must(t, err)
			if e := last[len(last)-1]; e.Action != "account.export" || *e.ActorID != f.account.ID {
				t.Errorf("%+v", e)
			}
			_, err = s.ExportAccount(t.Context(), "", "nobody", f.vault)
			wantCode(t, err, CodeNotFound)
		})
	}
}

// checkExport searches all rows for the ids, the addresses and the hashes of sessions.
func (f *subject) checkExport(t *testing.T, tables map[string][]map[string]any) {
	named := []string{f.account.ID, f.profile.UID, f.account.EmailKey, f.profile.Profile.ID, markHash("session-0"), markHash("session-1"), mark("identity")}
	for i := range Inventory {
		h := &Inventory[i]
		if strings.HasPrefix(h.Table, "river_") {
			continue
		}
		found := 0
		for _, row := range rowsOf(t, f.Store, h.Table) {
			text, err := json.Marshal(row)
			must(t, err)
			if !slices.ContainsFunc(named, func(id string) bool { return strings.Contains(strings.ToLower(string(text)), id) }) {
				continue
			}
			switch {
			case h.Table == "audit_log" && row["action"] == "account.export": // that of this export
				continue
			case h.Table == "profiles" && row["id"] != f.profile.UID: // others' wishes and conflicts are theirs
				continue
			}
			if found++; !slices.ContainsFunc(tables[h.Table], func(r map[string]any) bool { return sameRecord(t, h, r, row) }) {
				t.Errorf("the export lacks %s %s", h.Table, text)
			}
		}
		if found != len(tables[h.Table]) {
			t.Errorf("%s: the search found %d rows, the export has %d", h.Table, found, len(tables[h.Table]))
		}
	}
}

// sameRecord says whether a record is what is stored in a row.
func sameRecord(t *testing.T, h *Holding, r, row map[string]any) bool {
	t.Helper()
	columns := h.Exported()
	if len(r) != len(columns) {
		t.Fatalf("%s: %v has other columns than %q", h.Table, r, columns)
	}
	for _, column := range columns {
		got, err := json.Marshal(r[column])
		must(t, err)
		var value any
		stored, err := json.Marshal(row[column])
		must(t, err)
		must(t, json.Unmarshal(stored, &value))
		if text, is := value.(string); is && slices.Contains(strings.Fields(h.JSON), column) && text != "" {
			must(t, json.Unmarshal([]byte(text), &value))
		}
		want, err := json.Marshal(value)
		must(t, err)
		if string(got) != string(want) && (column != "answer" || string(got) != `"yes"`) {
			return false
		}
	}
	return true
}

// checkSecrets wants nothing in an export that opens something, or is of somebody else.
func (f *subject) checkSecrets(t *testing.T, text string) {
	for name, needle := range f.needles {
		table, column, _ := strings.Cut(strings.Fields(name)[0], ".")
		i := slices.IndexFunc(Inventory, func(h Holding) bool { return h.Table == table })
		secret := slices.Contains(strings.Fields(Inventory[i].Opens+" "+Inventory[i].Other), column)
		if needle == "" || !secret || strings.Contains(needle, f.account.ID) || strings.Contains(needle, f.account.EmailKey) {
			continue // a slot is a purpose and an id or an address
		}
		if strings.Contains(text, needle) {
			t.Errorf("the export has what stands in %s", name)
		}
	}
	for _, others := range []string{"other@example.org", "staff@example.org", mark("words") + f.mentees[0].UID, markHash("session-2"), mark("session-2"), "E-1"} {
		if strings.Contains(text, `"`+others) {
			t.Errorf("the export has %s of somebody else", others)
		}
	}
}
