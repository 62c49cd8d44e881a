package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm/schema"
	"pgregory.net/rapid"
)

// TestEachMentor reads generated mentors the quick way and as Profiles reads them.
func TestEachMentor(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		rapid.Check(t, func(rt *rapid.T) {
			f := Programme{Name: rapid.StringMatching("[a-z]{20}").Draw(rt, "programme"), Locale: "en"}
			must(t, s.CreateProgramme(t.Context(), "", &f))
			var rows []*ProfileRow
			for i := range rapid.IntRange(0, 12).Draw(rt, "mentors") {
				row := &ProfileRow{ProgrammeID: f.ID, Profile: drawProfile(rt, RoleMentor)}
				row.Profile.ID = fmt.Sprint(row.Profile.ID, ".", i)
				row.State = rapid.SampledFrom([]ProfileState{ProfileDraft, ProfileApproved, ProfileWaiting}).Draw(rt, "state")
				rows = append(rows, row)
			}
			mentee := &ProfileRow{ProgrammeID: f.ID, Profile: drawProfile(rt, RoleMentee)}
			mentee.Profile.ID = "mentee"
			must(t, s.SaveProfiles(t.Context(), "", append(rows, mentee), nil))
			for _, row := range rows[:len(rows)/2] {
				row.Profile.Wishes = []string{"E-1"}
				must(t, s.UpdateProfile(t.Context(), "", row))
			}
			sameMentors(t, s, f.ID)
		})
	})
}

// sameMentors wants the quick way to read what Profiles reads, all of it and what was changed since some changes.
func sameMentors(t *testing.T, s *Store, programme string) {
	t.Helper()
	all, err := s.Profiles(t.Context(), programme, RoleMentor)
	must(t, err)
	since := []time.Time{{}}
	for i := 0; i < len(all); i += 1 + len(all)/4 {
		since = append(since, all[i].UpdatedAt)
	}
	for _, at := range since {
		var want []MentorRow
		for _, row := range all {
			p := row.Profile
			p.Targets, p.Needs, p.Stage, p.MinOverlap, p.Synthetic = nil, nil, "", 0, false
			if !row.UpdatedAt.Before(at) {
				want = append(want, MentorRow{row.UID, row.State, row.Version, p})
			}
		}
		got, err := eachMentor(t.Context(), s, programme, at)
		must(t, err)
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("since %v (-want +got):\n%s", at, cmp.Diff(want, got))
		}
	}
}

func eachMentor(ctx context.Context, s *Store, programme string, since time.Time) (all []MentorRow, err error) {
	err = s.EachMentor(ctx, programme, since, func(rows []MentorRow) error {
		all = append(all, rows...)
		return nil
	})
	slices.SortFunc(all, func(a, b MentorRow) int { return strings.Compare(a.Profile.ID, b.Profile.ID) })
	return all, err
}

// TestMentorQueryReadsEveryField keeps the columns complete.
func TestMentorQueryReadsEveryField(t *testing.T) {
	leftOut := []string{"role", "targets", "needs", "stage", "min_overlap", "synthetic"} // what only mentees have, and what says nothing of a mentor
	parsed, err := schema.Parse(&ProfileRow{}, &sync.Map{}, schema.NamingStrategy{})
	must(t, err)
	read := strings.FieldsFunc(strings.SplitN(mentorQuery, " FROM ", 2)[0], func(r rune) bool { return r != '_' && !unicode.IsLetter(r) })
	for _, f := range parsed.Fields {
		inProfile := len(f.BindNames) == 2 && f.BindNames[0] == "Profile"
		if inProfile && slices.Contains(read, f.DBName) == slices.Contains(leftOut, f.DBName) {
			t.Errorf("%s: say in profile_mentor.go whether EachMentor reads it", f.DBName)
		}
	}
}

// TestEachMentorFails ends at every error, after more rows than are on their way at once.
func TestEachMentorFails(t *testing.T) {
	stores(t, func(t *testing.T, s *Store) {
		f := build(t, s, 0, 0, 1)
		var rows []*ProfileRow
		for i := range 3000 {
			rows = append(rows, &ProfileRow{ProgrammeID: f.programme.ID, Profile: Profile{Role: RoleMentor, ID: fmt.Sprint(i), Reliability: -1}})
		}
		must(t, s.SaveProfiles(t.Context(), "", rows, nil))
		set := func(column, text string) {
			t.Helper()
			must(t, s.Gorm.Exec("UPDATE profiles SET "+column+" = ? WHERE id = ?", text, rows[2000].UID).Error)
		}
		for _, c := range []struct {
			name, column, text string
			ok                 bool
		}{
			{"no JSON", "expertise", "[{", false},
			{"another type", "languages", `[{"Language":5}]`, false},
			{"no list", "stages", `{"a":1}`, false},
			{"a break between lists", "slots", "[]" + unitBreak + "[]", false},
			{"null", "markets", "null", true},
			{"no items", "markets", "[]", true},
			{"with white space", "markets", "[ {\"Place\" : \"CA\",\n\"Level\": 2 } , {\"Place\":\"US\"} ]\n", true},
			{"with fields that are not known", "markets", `[{"Place":"CA","More":[{"Place":"MX"},{"Place":"US"}]},{"Level":3}]`, true},
			{"with texts that look like its form", "conflicts", `["},{","[{\"a\":1},{\"b\":2}]"]`, true},
		} {
			t.Run(c.name, func(t *testing.T) {
				set(c.column, c.text)
				defer set(c.column, "")
				got, err := eachMentor(t.Context(), s, f.programme.ID, time.Time{})
				if !c.ok {
					if err == nil || !strings.Contains(err.Error(), rows[2000].UID) {
						t.Fatalf("got %v", err)
					}
					return
				}
				must(t, err)
				if len(got) != len(rows) {
					t.Fatalf("%d rows", len(got))
				}
				sameMentors(t, s, f.programme.ID)
			})
		}
		calls, enough := 0, errors.New("enough")
		err := s.EachMentor(t.Context(), f.programme.ID, time.Time{}, func([]MentorRow) error { calls++; return enough })
		if !errors.Is(err, enough) || calls != 1 {
			t.Errorf("after %d calls: %v", calls, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		err = s.EachMentor(ctx, f.programme.ID, time.Time{}, func([]MentorRow) error { stop(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
		if none, err := eachMentor(t.Context(), s, "nowhere", time.Time{}); err != nil || len(none) > 0 {
			t.Errorf("an unknown programme: %v %v", none, err)
		}
	})
}

// FuzzKnownList wants any text to come to what encoding/json makes of it, whatever was read before.
func FuzzKnownList(f *testing.F) {
	for _, text := range []string{
		`[{"Topic":"pricing","Level":2,"Market":"CA"},{"Topic":"pricing","Level":2,"Market":""}]`,
		`[{"Topic":"a},{b"},{"Level":1}]`, `[{}]`, `[{},{}]`, `[{]`, `[{"Level":1},{]`, `[{"Level":"x"},{}]`, `[]`, `null`, `[null]`,
		`[{"Level":1},{"a":[{"b":1},{"c":2}]}]`, `[{"Level":1}} ]`, `[{"level":1},{"LEVEL":2,"Level":3}]`, ` [{"Level":1}]`, "[{\"Topic\":\"\xff\"}]",
	} {
		f.Add(text, `[{"Level":1},{}]`)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		remembering, forgetting := newKnown[Expertise](), known[Expertise]{items: map[string]Expertise{}}
		for _, text := range []string{first, second, first} {
			var want []Expertise
			bad := text != "" && json.Unmarshal([]byte(text), &want) != nil
			for _, k := range []*known[Expertise]{&remembering, &forgetting} {
				got, err := k.list(text)
				if bad != (err != nil) || err == nil && !reflect.DeepEqual(got, want) {
					t.Fatalf("%q: got %#v, %v; want %#v", text, got, err, want)
				}
			}
		}
	})
}
