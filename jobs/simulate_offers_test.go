package jobs

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/matching"
)

// weighted are the default settings with other weights.
func weighted(w matching.Weights) Settings {
	s := DefaultSettings()
	s.Weights = w
	return s
}

// TestSimulateOffers plays a small trial of three settings: it is the same
// twice, its counts fit together, and weights that are a taste suit that taste.
func TestSimulateOffers(t *testing.T) {
	trial := Trial{
		Population: Population{Mentors: 30, Mentees: 60, Seed: 1}, Repeats: 2, Workers: 1,
		Settings: []Settings{
			DefaultSettings(),
			weighted(matching.Weights{matching.Needs: 1000}),
			weighted(matching.Weights{matching.Needs: 1, matching.Language: 250, matching.Time: 250, matching.Stage: 250, matching.Style: 250}),
		},
	}
	got, err := SimulateOffers(t.Context(), trial)
	if err != nil {
		t.Fatal(err)
	}
	trial.Workers = 2
	again, err := SimulateOffers(t.Context(), trial)
	if diff := cmp.Diff(got, again); diff != "" || err != nil {
		t.Errorf("the second time: %v\n%s", err, diff)
	}
	for _, o := range got {
		if o.Mentees != 120 || o.Accepted == 0 || o.Accepted > o.Offers || o.Accepted > o.Mentees ||
			max(o.FirstChoice, o.CrossBorder) > o.Accepted || o.Expected <= 0 || o.Expected > o.Offers*million {
			t.Errorf("%+v does not fit together", o)
		}
	}
	for _, c := range []struct {
		taste string
		best  int // of the settings
	}{{"needs", 1}, {"ease", 2}} {
		of := slices.DeleteFunc(slices.Clone(got), func(o Outcome) bool { return o.Taste != c.taste })
		for _, o := range of {
			if mine := of[c.best]; o.Expected*mine.Offers > mine.Expected*o.Offers {
				t.Errorf("taste %s: an offer of settings %d is likelier to be accepted than one of settings %d: %+v", c.taste, o.Settings, c.best, of)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := SimulateOffers(ctx, trial); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSimulateOffersChance(t *testing.T) {
	for _, c := range []struct {
		name   string
		shares shares
		want   int // millionths
	}{
		{"no fit", shares{}, 120_000 * 120_000 / million},
		{"full fit", shares{matching.Needs: 1000, matching.Language: 1000}, 560_000 * 560_000 / million},
		{"half of what is looked at", shares{matching.Needs: 500, matching.Language: 500}, 340_000 * 340_000 / million},
		{"what is not asked does not count", shares{matching.Needs: 1000, matching.Language: -1}, 560_000 * 560_000 / million},
		{"the two look at different things", shares{matching.Needs: 1000, matching.Language: 0}, 340_000 * 560_000 / million},
	} {
		t.Run(c.name, func(t *testing.T) {
			crowd := crowd{shares: map[[2]string]shares{{"e", "m"}: c.shares}, taste: map[string]matching.Weights{
				"e": {matching.Needs: 1, matching.Language: 1}, "m": {matching.Needs: 3},
			}}
			if got := crowd.chance("e", "m"); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestSimulateOffersAssumptions(t *testing.T) {
	for _, a := range Assumptions {
		if a.Value <= 0 || a.Source == "" || a.Kind != "assumption" && a.Kind != "sourced" {
			t.Errorf("%+v: a value, a kind and a source are needed", a)
		}
	}
}
