package jobs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"puente/models"
)

// onPaper is a consent without answers.
var onPaper = models.Agreement{Purpose: models.PurposeAudit, TextVersion: "2027-1", Lang: "fr"}

func testVault(t testing.TB) *models.Vault {
	t.Helper()
	vault, err := models.NewVault(bytes.Repeat([]byte("k"), models.KeySize))
	must(t, err)
	return vault
}

// drawOwnership draws answers of some people, each dimension once.
func drawOwnership(t *rapid.T, codes []string) (rows []models.OwnershipRow) {
	v := models.Vocabularies()
	for _, code := range codes {
		for _, d := range v.Ownership {
			if rapid.Bool().Draw(t, "asked") {
				value := rapid.SampledFrom(v.OwnershipValues).Draw(t, "value")
				rows = append(rows, models.OwnershipRow{ID: code, Dimension: d.ID, Value: value.ID})
			}
		}
	}
	return rows
}

// TestOwnershipExchange imports answers from their file and exports them: the
// same answers, apart from those that say that there is none.
func TestOwnershipExchange(t *testing.T) {
	stores(t, Population{}, func(t *testing.T, all *stored) {
		programmes := 0
		rapid.Check(t, func(r *rapid.T) {
			programmes++
			s := all.another(t, fmt.Sprint(programmes), Population{Mentors: 1, Mentees: 2})
			drawn := drawOwnership(r, []string{"M-0001", "E-0002"})
			var file bytes.Buffer
			must(t, models.WriteOwnership(&file, drawn))
			read, report := models.ReadOwnership("ownership.csv", &file)
			if diff := cmp.Diff(drawn, read); diff != "" || len(report.Problems) > 0 {
				r.Fatalf("written and read (-want +got):\n%s%v", diff, report.Problems)
			}
			want := slices.DeleteFunc(drawn, func(o models.OwnershipRow) bool { return o.Value == models.NotAsked })
			slices.SortFunc(want, func(a, b models.OwnershipRow) int { return strings.Compare(a.ID+" "+a.Dimension, b.ID+" "+b.Dimension) })
			people := map[string]bool{}
			for _, o := range want {
				people[o.ID] = true
			}
			for _, counts := range []ImportCounts{{Created: len(people)}, {Unchanged: len(people)}} {
				got, err := ImportOwnership(t.Context(), s.Store, "", testVault(t), s.programme.ID, onPaper, read)
				if err != nil || got != counts {
					r.Fatalf("%+v %v, want %+v", got, err, counts)
				}
			}
			got, err := ExportOwnership(t.Context(), s.Store, "", testVault(t), s.programme.ID, models.PurposeAudit)
			must(t, err)
			if len(want)+len(got) > 0 && !slices.Equal(want, got) {
				r.Fatalf("exported (-want +got):\n%s", cmp.Diff(want, got))
			}
		})
	})
}

// TestOwnershipPurpose exports what consent for the purpose allows, and imports
// all or nothing.
func TestOwnershipPurpose(t *testing.T) {
	yes := func(id string) models.OwnershipRow {
		return models.OwnershipRow{ID: id, Dimension: "women", Value: "yes"}
	}
	paper := func(purpose models.Purpose) models.Agreement {
		a := onPaper
		a.Purpose = purpose
		return a
	}
	cases := []struct {
		name    string
		uses    models.Demographics
		consent models.Agreement
		rows    []models.OwnershipRow
		counts  ImportCounts
		code    models.ErrorCode
		after   []models.OwnershipRow // exported for the audit
	}{
		{"nothing", "", onPaper, nil, ImportCounts{}, "", []models.OwnershipRow{yes("E-0001")}},
		{
			"over what was said here, what was withdrawn and for one who has said nothing",
			"", onPaper,
			[]models.OwnershipRow{{ID: "E-0001", Dimension: "women", Value: "no"}, yes("E-0002"), yes("E-0003")},
			ImportCounts{Created: 1, Unchanged: 2},
			"",
			[]models.OwnershipRow{yes("E-0001"), yes("E-0003")},
		},
		{
			"for another purpose", "", paper(models.PurposeReporting),
			[]models.OwnershipRow{yes("E-0001"), yes("E-0003")},
			ImportCounts{Created: 2},
			"",
			[]models.OwnershipRow{yes("E-0001")},
		},
		{
			"one who is not there", "", onPaper,
			[]models.OwnershipRow{yes("E-0003"), yes("E-9999")},
			ImportCounts{},
			models.CodeInvalid,
			[]models.OwnershipRow{yes("E-0001")},
		},
		{
			"a consent to no text", "",
			models.Agreement{Purpose: models.PurposeAudit, Lang: "fr"},
			[]models.OwnershipRow{yes("E-0003")},
			ImportCounts{},
			models.CodeInvalid,
			[]models.OwnershipRow{yes("E-0001")},
		},
		{
			"an answer that cannot be kept", "", onPaper,
			[]models.OwnershipRow{yes("E-0003"), {ID: "E-0004", Dimension: "\x00", Value: "yes"}},
			ImportCounts{},
			models.CodeInvalid,
			[]models.OwnershipRow{yes("E-0001")},
		},
		{
			"matching, where only audits are made", "", paper(models.PurposeMatching),
			[]models.OwnershipRow{yes("E-0003")},
			ImportCounts{},
			models.CodeDenied,
			[]models.OwnershipRow{yes("E-0001")},
		},
		{
			"matching, where mentees may prefer", models.DemographicsPreference, paper(models.PurposeMatching),
			[]models.OwnershipRow{yes("E-0003")},
			ImportCounts{Created: 1},
			"",
			[]models.OwnershipRow{yes("E-0001")},
		},
		{"no use at all", models.DemographicsOff, onPaper, []models.OwnershipRow{yes("E-0003")}, ImportCounts{}, models.CodeDenied, nil},
	}
	stores(t, Population{}, func(t *testing.T, all *stored) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s, vault := all.another(t, c.name, Population{Mentees: 4}), testVault(t)
				for _, code := range []string{"E-0001", "E-0002"} {
					row, err := s.ProfileByCode(t.Context(), s.programme.ID, code)
					must(t, err)
					a := onPaper
					a.Answers = map[string]string{"women": "yes"}
					must(t, s.SaveOwnership(t.Context(), "", vault, row.UID, a))
					if code == "E-0002" {
						must(t, s.WithdrawConsent(t.Context(), "", row.UID, a.Purpose))
					}
				}
				if c.uses != "" {
					must(t, s.Gorm.Model(&s.programme).Update("demographics", c.uses).Error)
				}
				counts, err := ImportOwnership(t.Context(), s.Store, "", vault, s.programme.ID, c.consent, c.rows)
				if models.CodeOf(err) != c.code || counts != c.counts {
					t.Errorf("%+v %v, want %+v %s", counts, err, c.counts, c.code)
				}
				got, err := ExportOwnership(t.Context(), s.Store, "", vault, s.programme.ID, models.PurposeAudit)
				if (c.uses == models.DemographicsOff) != (models.CodeOf(err) == models.CodeDenied) || c.after != nil && err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(c.after, got); diff != "" {
					t.Errorf("exported (-want +got):\n%s", diff)
				}
			})
		}
	})
}
