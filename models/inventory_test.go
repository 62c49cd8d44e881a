package models

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestInventory reads the schema of both databases: every table and every column stands in the inventory once, with what
// becomes of it, and the inventory has no others.
func TestInventory(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		all, err := s.Gorm.Migrator().GetTables()
		must(t, err)
		seen := map[string]bool{}
		for i := range Inventory {
			h := &Inventory[i]
			if seen[h.Table] {
				t.Errorf("%s stands there twice", h.Table)
			}
			seen[h.Table] = true
			if !slices.Contains(all, h.Table) {
				if !strings.HasPrefix(h.Table, "river_") { // see TestInventoryOfQueue in jobs
					t.Errorf("there is no table %s", h.Table)
				}
				continue
			}
			checkHolding(t, h, slices.Sorted(maps.Keys(columns(t, s, h.Table))))
		}
		for _, table := range all {
			if !seen[table] && table != "sqlite_sequence" {
				t.Errorf("say in inventory.go what the table %s has of people", table)
			}
		}
	})
}

// checkHolding wants each column to be in one list, and a fate for what is personal.
func checkHolding(t *testing.T, h *Holding, there []string) {
	t.Helper()
	if (h.Fate == FateNone) != (h.Names == "") || (h.Fate != FateDeleted) && h.Why == "" || (h.Fate == FateEmptied) != (h.Emptied != "") {
		t.Errorf("%s: fate %q with names %q, emptied %q, why %q", h.Table, h.Fate, h.Names, h.Emptied, h.Why)
	}
	if h.Fate == FateNone && len(h.Exported()) > 0 || h.Fate == FateKept && h.Says+h.Opens != "" {
		t.Errorf("%s: %q and %q stay, or are nobody's", h.Table, h.Says, h.Opens)
	}
	if h.Other == "*" {
		return
	}
	listed := slices.Sorted(slices.Values(h.Columns()))
	if !slices.Equal(listed, there) {
		t.Errorf("%s: the inventory has %q, the database %q", h.Table, listed, there)
	}
	for column := range strings.FieldsSeq(h.JSON) {
		if !slices.Contains(h.Exported(), column) {
			t.Errorf("%s.%s holds JSON, and is not exported", h.Table, column)
		}
	}
	if h.Fate != FateEmptied {
		return
	}
	for column := range strings.FieldsSeq(h.Says + " " + h.Opens) {
		if !strings.Contains(" "+h.Emptied, " "+column+" = ") {
			t.Errorf("%s.%s is not emptied", h.Table, column)
		}
	}
}

// TestPrivacyDocument keeps the table at the end of docs/privacy.md as the inventory is.
func TestPrivacyDocument(t *testing.T) {
	const name, begin = "../docs/privacy.md", "| table | rows of a person | in a copy | not in a copy | note |\n"
	data, err := os.ReadFile(name)
	must(t, err)
	text, _, _ := strings.Cut(string(data), begin)
	var b strings.Builder
	b.WriteString(text + begin + "|---|---|---|---|---|\n")
	list := func(columns string) string { return strings.Join(strings.Fields(columns), ", ") }
	for i := range Inventory {
		h := &Inventory[i]
		fate := string(h.Fate)
		if h.Fate == FateNone {
			fate = "none"
		}
		others := h.Opens + " " + h.Other
		if h.Other == "*" {
			others = "all"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", h.Table, fate, list(h.Says+" "+h.Plain), list(others), h.Why)
	}
	if *update {
		must(t, os.WriteFile(name, []byte(b.String()), 0o600))
	}
	if b.String() != string(data) && !*update {
		t.Errorf("%s is not what the inventory says; go test ./models -run PrivacyDocument -update", name)
	}
}
