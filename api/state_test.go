package api

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puente/models"
)

// TestStatesDocument keeps docs/states.md equal to the tables of models and the
// meanings here; -update writes it.
func TestStatesDocument(t *testing.T) {
	out := &strings.Builder{}
	out.WriteString("# States\n\nWhat becomes of profiles, rounds, runs and offers: the members `state` of the interface, and the steps from one to another. " +
		"A step that is not listed is refused with 409, and the problem names the state. Who may take the steps of a profile is in [authorization.md](authorization.md).\n\n" +
		"TestStatesDocument writes this page from the tables of `models/state.go` and `api/state.go`.\n")
	statesOf(t, out, "Profile", "`POST /api/v1/profiles/{id}/moves` takes these steps. Rounds take those who are `waiting`.",
		models.ProfileTransitions, profileStates)
	statesOf(t, out, "Round", "`POST /api/v1/rounds/{id}/moves` takes `open`, `close`, `review`, `cancel` and `archive`; `publish` has an operation of its own. "+
		"The others follow from runs and offers.", models.RoundTransitions, roundStates)
	statesOf(t, out, "Run", "`POST /api/v1/runs/{id}/cancel` takes `cancel`; the others follow by themselves. `GET /api/v1/runs/{id}/events` tells of each.",
		models.RunTransitions, runStates)
	statesOf(t, out, "Offer", "`accept` takes `mentee_accept` or `mentor_accept`, `decline` takes `decline`; the others follow by themselves.",
		models.OfferTransitions, offerStates)
	documentIs(t, "states.md", out.String())
}

// statesOf writes a table of states, each with a meaning, which none lacks and
// nothing else has.
func statesOf[S, E ~string](t *testing.T, out *strings.Builder, name, says string, table []models.Transition[S, E], meanings map[S]string) {
	t.Helper()
	states := models.States(table)
	if !slices.Equal(slices.Sorted(slices.Values(states)), slices.Sorted(maps.Keys(meanings))) {
		t.Errorf("%s: the states %v have the meanings of %v", name, states, slices.Sorted(maps.Keys(meanings)))
	}
	out.WriteString("\n## " + name + "\n" + says + "\n\n| state | what it means | steps |\n|---|---|---|\n")
	for _, s := range states {
		var steps []string
		for _, step := range table {
			if step.From == s {
				steps = append(steps, "`"+string(step.Event)+"` to `"+string(step.To)+"`")
			}
		}
		out.WriteString("| `" + string(s) + "` | " + meanings[s] + " | " + strings.Join(steps, ", ") + " |\n")
		if final := strings.HasSuffix(meanings[s], "Nothing leads on."); final != (len(steps) == 0) {
			t.Errorf("%s: %s says otherwise of its steps: %v", name, s, steps)
		}
	}
}

// TestStatesInDocument wants the states of answers and parameters named.
func TestStatesInDocument(t *testing.T) {
	s, _ := newTestServer(nil)
	schemas := s.document.OpenAPI().Components.Schemas.Map()
	for name, many := range map[string]int{
		"Profile": len(profileStates), "Round": len(roundStates), "Run": len(runStates), "Offer": len(offerStates), "RoundOffer": len(offerStates),
	} {
		if got := schemas[name].Properties["state"].Enum; len(got) != many {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, p := range s.document.OpenAPI().Paths["/api/v1/profiles"].Get.Parameters {
		if p.Name == "state" && len(p.Schema.Enum) != len(profileStates) {
			t.Errorf("the states of a list: %v", p.Schema.Enum)
		}
	}
}

// documentIs wants a whole page of docs to be a text; -update writes it.
func documentIs(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join("..", "docs", name)
	if *update {
		must(t, os.WriteFile(path, []byte(want), 0o600))
	}
	data, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("docs/%s differs; run the test with -update:\n%s", name, diff)
	}
}
