package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"puente/models"
)

// TestPeopleExchange imports made-up people from their files and exports them:
// the same people, and the same files.
func TestPeopleExchange(t *testing.T) {
	stores(t, Population{}, func(t *testing.T, s *stored) {
		programmes := 0
		rapid.Check(t, func(r *rapid.T) {
			programmes++
			p := s.another(t, fmt.Sprint(programmes), Population{}).programme
			population := Population{
				Mentors: rapid.IntRange(0, 4).Draw(r, "mentors"), Mentees: rapid.IntRange(0, 4).Draw(r, "mentees"), Seed: rapid.Uint64().Draw(r, "seed"),
			}
			mentors, mentees := Generate(population)
			mentors, mentees = readBack(t, mentor, mentors), readBack(t, mentee, mentees)
			for _, want := range []ImportCounts{{Created: len(mentors) + len(mentees)}, {Unchanged: len(mentors) + len(mentees)}} {
				counts, err := ImportPeople(t.Context(), s.Store, "", p.ID, mentors, mentees)
				if err != nil || counts != want {
					r.Fatalf("%+v %v, want %+v", counts, err, want)
				}
			}
			for role, want := range map[models.Role][]models.Profile{mentor: mentors, mentee: mentees} {
				got, err := ExportPeople(t.Context(), s.Store, p.ID, role)
				must(t, err)
				if diff := cmp.Diff(append([]models.Profile{}, want...), got); diff != "" {
					r.Fatalf("exported (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(want, readBack(t, role, got)); diff != "" {
					r.Fatalf("written and read (-want +got):\n%s", diff)
				}
			}
		})
	})
}

// readBack gives people as their file does.
func readBack(t *testing.T, role models.Role, people []models.Profile) []models.Profile {
	t.Helper()
	if len(people) == 0 { // a file without rows is an error
		return nil
	}
	read, report := models.ReadPeople("people.csv", bytes.NewReader(peopleFile(t, role, people)), role)
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	return read
}

// TestImportPeople imports over people who are there.
func TestImportPeople(t *testing.T) {
	type people struct{ mentors, mentees []models.Profile }
	taken := func(p *models.Profile, capacity int) models.Profile {
		p.Capacity, p.Taken = capacity, min(1, capacity)
		return *p
	}
	cases := []struct {
		name   string
		change func(s *stored, p *people) // of what is imported
		counts ImportCounts
		code   models.ErrorCode
		stored func(p *people) // what becomes of the people who are there; nil: they stay
	}{
		{"the same", func(*stored, *people) {}, ImportCounts{Unchanged: 60}, "", nil},
		{"nobody", func(_ *stored, p *people) { *p = people{} }, ImportCounts{}, "", nil},
		{
			"one known, one new",
			func(_ *stored, p *people) {
				p.mentees[0].Cadence, p.mentees[1].ID, p.mentees = "weekly", "E-9999", p.mentees[:2]
				p.mentors = p.mentors[:1]
			},
			ImportCounts{Created: 1, Updated: 1, Unchanged: 1},
			"",
			func(p *people) {
				added := p.mentees[1]
				added.ID, p.mentees[0].Cadence = "E-9999", "weekly"
				p.mentees = append(p.mentees, added)
			},
		},
		{
			"no more made up",
			func(_ *stored, p *people) { p.mentees[0].Synthetic = false },
			ImportCounts{Updated: 1, Unchanged: 59},
			"",
			func(p *people) { p.mentees[0].Synthetic = false },
		},
		{
			"places taken are the programme's to count",
			func(_ *stored, p *people) { p.mentors[0] = taken(&p.mentors[0], 3); p.mentors[0].Taken = 2 },
			ImportCounts{Unchanged: 60},
			"",
			nil,
		},
		{"a capacity below the places taken", func(_ *stored, p *people) { p.mentors[0] = taken(&p.mentors[0], 0) }, ImportCounts{}, models.CodeInvalid, nil},
		{"a text that cannot be kept", func(_ *stored, p *people) { p.mentees[39].Name = "\x00" }, ImportCounts{}, models.CodeInvalid, nil},
		{"new, of both sides", func(_ *stored, p *people) { p.mentees[39].ID, p.mentors[0].ID = "X", "X" }, ImportCounts{}, models.CodeConflict, nil},
		{"known on the other side", func(s *stored, p *people) { p.mentees[39].ID = s.Mentors[0].ID }, ImportCounts{}, models.CodeConflict, nil},
		{"twice, with changes", func(_ *stored, p *people) {
			p.mentees[0].Cadence = "weekly"
			p.mentees = append(p.mentees, p.mentees[0])
		}, ImportCounts{}, models.CodeStale, nil},
	}
	stores(t, fewPeople, func(t *testing.T, all *stored) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s := all.another(t, c.name, fewPeople)
				row, err := s.ProfileByCode(t.Context(), s.programme.ID, s.Mentors[0].ID)
				must(t, err)
				row.Profile.Capacity = 3
				must(t, s.UpdateProfile(t.Context(), "", row))
				must(t, s.Gorm.Exec("UPDATE profiles SET used = 1 WHERE id = ?", row.UID).Error)
				s.Mentors[0] = taken(&s.Mentors[0], 3)
				p, want := people{slices.Clone(s.Mentors), slices.Clone(s.Mentees)}, people{s.Mentors, s.Mentees}
				p.mentees[0].Cadence, want.mentees[0].Cadence = "monthly", "monthly"
				_, err = ImportPeople(t.Context(), s.Store, "", s.programme.ID, nil, want.mentees[:1])
				must(t, err)
				c.change(s, &p)
				if c.stored != nil {
					c.stored(&want)
				}
				counts, err := ImportPeople(t.Context(), s.Store, "", s.programme.ID, p.mentors, p.mentees)
				if models.CodeOf(err) != c.code || counts != c.counts {
					t.Errorf("%+v %v, want %+v %s", counts, err, c.counts, c.code)
				}
				for role, want := range map[models.Role][]models.Profile{mentor: want.mentors, mentee: want.mentees} {
					got, err := ExportPeople(t.Context(), s.Store, s.programme.ID, role)
					must(t, err)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("stored (-want +got):\n%s", diff)
					}
				}
			})
		}
	})
}

// TestExportPeople leaves out who does not take part.
func TestExportPeople(t *testing.T) {
	stores(t, Population{Mentors: 3, Seed: 1}, func(t *testing.T, s *stored) {
		for code, event := range map[string]models.ProfileEvent{"M-0001": models.ProfileWithdraw, "M-0002": models.ProfilePause} {
			row, err := s.ProfileByCode(t.Context(), s.programme.ID, code)
			must(t, err)
			_, err = s.MoveProfile(t.Context(), "", row.UID, event)
			must(t, err)
		}
		got, err := ExportPeople(t.Context(), s.Store, s.programme.ID, mentor)
		if err != nil || len(got) != 2 || got[0].ID != "M-0002" {
			t.Errorf("%v %v", got, err)
		}
		if _, err := ExportPeople(t.Context(), s.Store, "nowhere", mentor); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("an unknown programme: %v", err)
		}
		if _, err := ImportPeople(t.Context(), s.Store, "", "nowhere", nil, nil); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("an unknown programme: %v", err)
		}
	})
}

// TestImportServesCountries imports into a programme that serves fewer countries than its people are from: who is there
// stays and can change, nobody comes in from elsewhere, and then nothing is stored.
func TestImportServesCountries(t *testing.T) {
	stores(t, fewPeople, func(t *testing.T, s *stored) {
		p := s.programme
		p.Countries = "CA"
		must(t, s.UpdateProgramme(t.Context(), "", &p))
		into := func(people ...models.Profile) (ImportCounts, error) {
			return ImportPeople(t.Context(), s.Store, "", p.ID, nil, people)
		}
		of := func(canada bool) *models.Profile {
			at := slices.IndexFunc(s.Mentees, func(m models.Profile) bool { return (m.Country == "CA") == canada })
			return &s.Mentees[at]
		}
		there, here := *of(false), *of(true)
		there.Cadence = "weekly"
		if there.Cadence == of(false).Cadence {
			there.Cadence = "monthly"
		}
		if counts, err := into(there); err != nil || counts != (ImportCounts{Updated: 1}) {
			t.Errorf("somebody who is in: %+v %v", counts, err)
		}
		fresh := here
		fresh.ID = "E-9001"
		if counts, err := into(fresh); err != nil || counts != (ImportCounts{Created: 1}) {
			t.Errorf("somebody new who is served: %+v %v", counts, err)
		}
		stranger, moved := there, here
		stranger.ID, moved.Country = "E-9002", there.Country
		for _, last := range []models.Profile{stranger, moved} {
			more := fresh
			more.ID = "E-9003"
			_, err := into(more, last)
			e, ok := errors.AsType[*models.Error](err)
			if !ok || e.Code != models.CodeInvalid || e.Key != "exchange.country" || e.Args["ID"] != last.ID {
				t.Errorf("%s: %v", last.ID, err)
			}
			if _, err := s.ProfileByCode(t.Context(), p.ID, "E-9003"); models.CodeOf(err) != models.CodeNotFound {
				t.Errorf("something was stored: %v", err)
			}
		}
	})
}
