package models

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"pgregory.net/rapid"
)

// partList is a list that is read in parts, and how a row of it is made.
type partList struct {
	table, named string // the column by which a row was once sorted; "" where rows neither change nor go
	down         bool   // newest first
	read         func(Part) ([]string, error)
	add          func(name string) string
}

// partsOf makes every list that is read in parts.
func partsOf(t testing.TB, s *Store) map[string]partList {
	t.Helper()
	ctx := context.Background()
	f := build(t, s, 6, 6, 1)
	run := f.run(t)
	_, err := s.Publish(ctx, "", f.round.ID, run.ID)
	must(t, err)
	home := &Organization{Name: "Cámara", Country: "MX"}
	must(t, s.CreateOrganization(ctx, "", home))
	account := func(name string) *Account {
		a := &Account{Email: name + "@example.org", Role: AccountStaff, Lang: "es", VerifiedAt: new(s.now())}
		must(t, s.CreateAccount(ctx, "", a))
		return a
	}
	owner := account("owner")
	made := func(row any, id *string) string {
		*id = newID(s.now())
		must(t, s.Gorm.Create(row).Error)
		return *id
	}
	later := s.now().Add(time.Hour)
	profile := func(name string) string {
		p := &ProfileRow{ProgrammeID: f.programme.ID, State: ProfileWaiting, OrganizationID: &home.ID, Profile: Profile{Role: RoleMentee, ID: name, Country: "MX", Reliability: -1}}
		must(t, s.SaveProfiles(ctx, "", []*ProfileRow{p}, nil))
		return p.UID
	}
	people := func(of People) func(Part) ([]string, error) {
		of.Programme = f.programme.ID
		return func(p Part) ([]string, error) {
			return idsOf(func(r *ProfileRow) string { return r.UID })(s.ProfilesPart(ctx, of, p))
		}
	}
	round := &Round{ProgrammeID: f.programme.ID, Name: "of runs", Start: "2027-01-04"}
	must(t, s.CreateRound(ctx, "", round))
	return map[string]partList{
		"organizations": {"organizations", "name", false, func(p Part) ([]string, error) {
			return idsOf(func(o *Organization) string { return o.ID })(s.OrganizationsPart(ctx, KindOther, p))
		}, func(name string) string {
			o := &Organization{Name: name, Country: "US"}
			must(t, s.CreateOrganization(ctx, "", o))
			return o.ID
		}},
		"programmes": {"programmes", "name", false, func(p Part) ([]string, error) {
			return idsOf(func(o *Programme) string { return o.ID })(s.ProgrammesPart(ctx, p))
		}, func(name string) string {
			o := &Programme{Name: name, Locale: "es"}
			must(t, s.CreateProgramme(ctx, "", o))
			return o.ID
		}},
		"providers": {"providers", "label", false, func(p Part) ([]string, error) {
			return idsOf(func(o *Provider) string { return o.ID })(s.ProvidersPart(ctx, p))
		}, func(name string) string {
			o := &Provider{OrganizationID: home.ID, Issuer: "https://example.org/" + name, ClientID: "c", ClientSecret: Sealed{sealedPrefix}, Label: name, Version: 1}
			return made(o, &o.ID)
		}},
		"accounts": {"accounts", "email_key", true, func(p Part) ([]string, error) {
			return idsOf(func(a *Account) string { return a.ID })(s.Accounts(ctx, "", p))
		}, func(name string) string { return account(name).ID }},
		"accounts by address": {"accounts", "", true, func(p Part) ([]string, error) {
			return idsOf(func(a *Account) string { return a.ID })(s.Accounts(ctx, "ZZ", p))
		}, func(name string) string { return account("zz" + name).ID }},
		"people":          {"profiles", "code", false, people(People{Role: RoleMentee, Homes: Homes{Any: true}}), profile},
		"people waiting":  {"profiles", "name", false, people(People{Role: RoleMentee, State: ProfileWaiting, Homes: Homes{Any: true}}), profile},
		"people of homes": {"profiles", "name", false, people(People{State: ProfileWaiting, Homes: Homes{Of: []string{home.ID, "x"}}}), profile},
		"rounds": {"rounds", "name", true, func(p Part) ([]string, error) {
			return idsOf(func(r *Round) string { return r.ID })(s.Rounds(ctx, f.programme.ID, p))
		}, func(name string) string {
			r := &Round{ProgrammeID: f.programme.ID, Name: name, Start: "2027-01-04"}
			must(t, s.CreateRound(ctx, "", r))
			return r.ID
		}},
		"runs": {"runs", "", true, func(p Part) ([]string, error) {
			return idsOf(func(r *Run) string { return r.ID })(s.Runs(ctx, round.ID, p))
		}, func(string) string {
			r := &Run{RoundID: round.ID, State: RunCancelled, Settings: "{}", Start: "2027-01-04"}
			return made(r, &r.ID)
		}},
		"grants": {"grants", "granted_at", false, func(p Part) ([]string, error) {
			return idsOf(func(g *Grant) string { return g.ID })(s.Grants(ctx, "", true, p))
		}, func(name string) string {
			g := &Grant{AccountID: account(name).ID, Role: GrantReviewer, OrganizationID: &home.ID}
			must(t, s.Grant(ctx, "", g))
			return g.ID
		}},
		"keys": {"api_keys", "name", true, func(p Part) ([]string, error) {
			return idsOf(func(k *APIKey) string { return k.ID })(s.Keys(ctx, owner.ID, p))
		}, func(name string) string {
			k := &APIKey{KeyHash: fmt.Sprintf("%064s", name), Prefix: "p", AccountID: owner.ID, Name: name, Scopes: "[]", ExpiresAt: later}
			return made(k, &k.ID)
		}},
		"passkeys": {"passkeys", "name", true, func(p Part) ([]string, error) {
			return idsOf(func(k *Passkey) string { return k.ID })(s.Passkeys(ctx, owner.ID, p))
		}, func(name string) string {
			k := &Passkey{KeyID: name, AccountID: owner.ID, Name: name, Credential: "{}"}
			return made(k, &k.ID)
		}},
		"sessions": {"sessions", "device", true, func(p Part) ([]string, error) {
			return idsOf(func(o *Session) string { return o.ID })(s.Sessions(ctx, owner.ID, p))
		}, func(name string) string {
			o := &Session{IDHash: fmt.Sprintf("%064s", name), AccountID: owner.ID, Kind: SessionProgram, Device: name, UsedAt: s.now(), Idle: time.Hour, IdleAt: later, ExpiresAt: later}
			return made(o, &o.ID)
		}},
		"offers": {"offers", "", false, func(p Part) ([]string, error) {
			return idsOf(func(o *Offer) string { return o.ID })(s.Offers(ctx, f.round.ID, p))
		}, nil},
		"own offers": {"offers", "", true, func(p Part) ([]string, error) {
			return idsOf(func(o *Offer) string { return o.ID })(s.OffersOf(ctx, []string{f.mentees[0].UID, f.mentees[3].UID, f.mentors[1].UID, f.mentors[5].UID}, p))
		}, nil},
	}
}

// idsOf gives the ids of rows that were read.
func idsOf[R any](id func(*R) string) func([]R, error) ([]string, error) {
	return func(rows []R, err error) (ids []string, _ error) {
		for i := range rows {
			ids = append(ids, id(&rows[i]))
		}
		return ids, err
	}
}

// counted counts the rows that each query of a store reads, of a table. What it
// gives sets the most that may be read, and says what did not keep to it.
func counted(t testing.TB, s *Store) (most *int64, broken *[]string) {
	t.Helper()
	most, broken = new(int64), &[]string{}
	*most = 1 << 62
	must(t, s.Gorm.Callback().Query().After("gorm:query").Register("counted", func(g *gorm.DB) {
		if sql := g.Statement.SQL.String(); g.RowsAffected > *most || *most < 1<<62 && !strings.Contains(sql, " LIMIT ") {
			*broken = append(*broken, fmt.Sprintf("%d rows: %s", g.RowsAffected, sql))
		}
	}))
	return most, broken
}

// TestParts walks through each list in parts of any size while rows are added,
// renamed and deleted: every row that is there all the time is read once, in the
// order of the ids, and no part reads more rows than it has.
func TestParts(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		lists := partsOf(t, s)
		most, broken := counted(t, s)
		read := func(l partList, p Part) ([]string, error) {
			*most = int64(p.Limit)
			defer func() { *most = 1 << 62 }()
			return l.read(p)
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			name := rapid.SampledFrom(slices.Sorted(maps.Keys(lists))).Draw(rt, "list")
			walk(rt, s, lists[name], read, &n)
		})
		if len(*broken) > 0 {
			t.Errorf("%d parts read more than they have, such as %s", len(*broken), (*broken)[0])
		}
	})
}

// walk is one walk of TestParts.
func walk(t *rapid.T, s *Store, l partList, read func(partList, Part) ([]string, error), n *int) {
	all := func() []string {
		ids, err := l.read(Part{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	gone := map[string]bool{}
	own := []string{}
	happen := func(times int) {
		for range times {
			*n++
			name := fmt.Sprintf("%s%d", rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "name"), *n)
			switch what := rapid.SampledFrom([]string{"add", "rename", "drop"}).Draw(t, "what"); {
			case l.add == nil:
			case what == "add":
				own = append(own, l.add(name))
			case l.named == "" || len(own) == 0:
			case what == "rename":
				value := any(name)
				if l.named == "granted_at" {
					value = s.now().Add(time.Duration(*n) * time.Hour)
				}
				change(t, s.Gorm.Exec("UPDATE "+l.table+" SET "+l.named+" = ? WHERE id = ?", value, rapid.SampledFrom(own).Draw(t, "row")))
			default:
				id := rapid.SampledFrom(own).Draw(t, "row")
				gone[id] = true
				own = slices.DeleteFunc(own, func(o string) bool { return o == id })
				change(t, s.Gorm.Exec("DELETE FROM "+l.table+" WHERE id = ?", id))
			}
		}
	}
	happen(rapid.IntRange(0, 6).Draw(t, "before"))
	before, limit := all(), rapid.IntRange(1, 7).Draw(t, "limit")
	var walked []string
	for at := ""; ; {
		part, err := read(l, Part{After: at, Limit: limit})
		if err != nil || len(part) > limit {
			t.Fatalf("%d rows of %d: %v", len(part), limit, err)
		}
		walked = append(walked, part...)
		if len(part) < limit {
			break
		}
		at = part[len(part)-1]
		happen(rapid.IntRange(0, 1).Draw(t, "meanwhile"))
	}
	ordered := slices.Clone(walked)
	slices.Sort(ordered) // bytewise
	if l.down {
		slices.Reverse(ordered)
	}
	if !slices.Equal(walked, ordered) || len(slices.Compact(ordered)) != len(walked) {
		t.Fatalf("read in this order: %v", walked)
	}
	for _, id := range before {
		if !gone[id] && !slices.Contains(walked, id) {
			t.Fatalf("%s was there all the time and was not read", id)
		}
	}
	checkBack(t, all(), limit, func(p Part) ([]string, error) { return read(l, p) })
	for _, id := range own {
		if l.named != "" {
			change(t, s.Gorm.Exec("DELETE FROM "+l.table+" WHERE id = ?", id))
		}
	}
}

func change(t *rapid.T, done *gorm.DB) {
	if done.Error != nil || done.RowsAffected != 1 {
		t.Fatalf("%d rows changed: %v", done.RowsAffected, done.Error)
	}
}

// checkBack reads what is before a row of a list.
func checkBack(t *rapid.T, all []string, limit int, read func(Part) ([]string, error)) {
	if len(all) == 0 {
		return
	}
	at := rapid.IntRange(0, len(all)-1).Draw(t, "at")
	want := slices.Clone(all[max(0, at-limit):at])
	slices.Reverse(want)
	if got, err := read(Part{After: all[at], Limit: limit, Back: true}); err != nil || !slices.Equal(got, want) {
		t.Fatalf("before %d of %d: %v %v, want %v", at, len(all), got, err, want)
	}
}

// TestPairsInParts reads pairs, many of one score, in parts of every size.
func TestPairsInParts(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 40, 40, 1)
		solved := f.solved()
		for i := range solved.Pairs {
			solved.Pairs[i].Score = int64(i*7%5) - 1
		}
		run, err := s.CreateRun(t.Context(), "", f.round.ID, nil)
		must(t, err)
		_, err = s.StartRun(t.Context(), run.ID)
		must(t, err)
		must(t, s.FinishRun(t.Context(), run.ID, solved))
		all, err := s.Pairs(t.Context(), run.ID)
		must(t, err)
		if !slices.IsSortedFunc(all, func(a, b Pair) int {
			if a.Score != b.Score {
				return int(b.Score - a.Score)
			}
			return strings.Compare(a.ID, b.ID)
		}) || len(all) != 40 {
			t.Fatalf("%d pairs are not in order", len(all))
		}
		most, broken := counted(t, s)
		for limit := 1; limit <= 41; limit++ {
			var walked []Pair
			*most = int64(limit)
			for at := ""; ; {
				part, err := s.Pairs(t.Context(), run.ID, Part{After: at, Limit: limit})
				must(t, err)
				walked = append(walked, part...)
				if len(part) < limit {
					break
				}
				at = part[len(part)-1].Place()
			}
			*most = 1 << 62
			if !slices.Equal(walked, all) {
				t.Errorf("parts of %d give %d pairs in another order", limit, len(walked))
			}
		}
		if len(*broken) > 0 {
			t.Error((*broken)[0])
		}
	})
}

// TestHomes asks for people by their home organisation: who asks for none gets nobody.
func TestHomes(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 2, 1, 1)
		home, other := &Organization{Name: "Cámara", Country: "MX"}, &Organization{Name: "Chamber", Country: "CA"}
		for _, o := range []*Organization{home, other} {
			must(t, s.CreateOrganization(t.Context(), "", o))
		}
		must(t, s.SetHome(t.Context(), "", f.mentees[1], &home.ID))
		must(t, s.SetHome(t.Context(), "", f.mentors[0], &other.ID))
		for name, c := range map[string]struct {
			homes Homes
			want  []string
		}{
			"nobody":    {Homes{}, nil},
			"everybody": {Homes{Any: true}, []string{"E-1", "E-2", "M-1"}},
			"without":   {Homes{Missing: true}, []string{"E-1"}},
			"of one":    {Homes{Of: []string{home.ID}}, []string{"E-2"}},
			"of two":    {Homes{Of: []string{other.ID, home.ID}}, []string{"E-2", "M-1"}},
		} {
			of := People{Programme: f.programme.ID, Homes: c.homes}
			rows, err := s.ProfilesPart(t.Context(), of, Part{Limit: 9})
			must(t, err)
			codes, _ := idsOf(func(r *ProfileRow) string { return r.Profile.ID })(rows, nil)
			counts, err := s.CountProfiles(t.Context(), of)
			must(t, err)
			if slices.Sort(codes); !slices.Equal(codes, c.want) || counts[ProfileWaiting] != len(c.want) {
				t.Errorf("%s: %v, counted %v", name, codes, counts)
			}
		}
	})
}

// TestPartsByIndex asks SQLite how it finds a part of what grows with people: by
// an index that has the rows in order, so that none is read and left out, and
// none sorted.
func TestPartsByIndex(t *testing.T) {
	s := openStore(t, newDSN(t, "sqlite"))
	_, err := s.Migrate(t.Context())
	must(t, err)
	of := People{Programme: "p", Role: RoleMentee, Homes: Homes{Any: true}}
	waiting, homes := of, of
	waiting.State, homes.Homes = ProfileWaiting, Homes{Of: []string{"o"}}
	must(t, s.Gorm.Callback().Query().Before("gorm:query").Register("plan", func(g *gorm.DB) { g.DryRun = true }))
	part := Part{After: "a", Limit: 10}
	for name, c := range map[string]struct {
		index string
		read  func(g *Store) error
	}{
		"people":          {"profiles_side (programme_id=? AND role=? AND id>?)", func(s *Store) error { _, err := s.ProfilesPart(t.Context(), of, part); return err }},
		"people by state": {"profiles_stand (programme_id=? AND role=? AND state=? AND id>?)", func(s *Store) error { _, err := s.ProfilesPart(t.Context(), waiting, part); return err }},
		"people of homes": {"profiles_home (organization_id=? AND programme_id=? AND role=? AND id>?)", func(s *Store) error { _, err := s.ProfilesPart(t.Context(), homes, part); return err }},
		"accounts":        {"sqlite_autoindex_accounts_1 (id<?)", func(s *Store) error { _, err := s.Accounts(t.Context(), "", part); return err }},
		"offers":          {"offers_round (round_id=? AND id>?)", func(s *Store) error { _, err := s.Offers(t.Context(), "r", part); return err }},
		"pairs":           {"pairs_best (run_id=?)", func(s *Store) error { _, err := s.Pairs(t.Context(), "r", Part{After: "7 a", Limit: 10}); return err }},
	} {
		var asked string
		var args []any
		must(t, s.Gorm.Callback().Query().After("gorm:query").Replace("asked", func(g *gorm.DB) { asked, args = g.Statement.SQL.String(), g.Statement.Vars }))
		must(t, c.read(s))
		rows, err := s.SQL.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+asked, args...)
		must(t, err)
		if plan := planOf(t, rows); !strings.Contains(plan, "USING INDEX "+c.index) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s\n%s", name, asked, plan)
		}
	}
}

// planOf is what SQLite says of a query.
func planOf(t *testing.T, rows *sql.Rows) (plan string) {
	t.Helper()
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var text string
		must(t, rows.Scan(&id, &parent, &unused, &text))
		plan += text + "\n"
	}
	must(t, rows.Err())
	return plan
}

// TestIDsInOrder makes ids at instants that a microsecond parts.
func TestIDsInOrder(t *testing.T) {
	at, last := time.Date(2027, 1, 4, 9, 0, 0, 998_000_000, time.UTC), ""
	for range 3000 {
		id := newID(at)
		if id <= last || id[14] != '7' || !strings.ContainsRune("89ab", rune(id[19])) {
			t.Fatalf("%s after %s", id, last)
		}
		at, last = at.Add(time.Microsecond), id
	}
}
