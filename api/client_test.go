package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"

	"puente/api/client"
	"puente/models"
)

// through makes a generated client of somebody.
func (p person) through(server *httptest.Server) *client.ClientWithResponses {
	p.t.Helper()
	c, err := client.NewClientWithResponses(server.URL, client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+p.token)
		return nil
	}))
	must(p.t, err)
	return c
}

// TestClient goes through what an integrator does with the client that is
// generated from the document: a programme, rounds sent again and read page by
// page, a change under a condition, and a problem.
func TestClient(t *testing.T) {
	onBoth(t, func(t *testing.T, i *installation) {
		server := httptest.NewServer(i)
		defer server.Close()
		ctx := t.Context()
		admin := i.withRole(models.AccountAdmin, "ada@example.org").through(server)

		made, err := admin.CreateProgrammeWithResponse(ctx, nil, client.CreateProgrammeJSONRequestBody{Name: "Puente", Locale: "es"})
		must(t, err)
		if made.JSON201 == nil {
			t.Fatalf("%s %s", made.Status(), made.Body)
		}
		programme := made.JSON201.ID

		ids := map[uuid.UUID]bool{}
		for n, name := range []string{"Primavera", "Verano", "Otoño"} {
			key := fmt.Sprint("round-", n)
			for range 2 {
				round, err := admin.CreateRoundWithResponse(ctx, &client.CreateRoundParams{IdempotencyKey: &key}, client.CreateRoundJSONRequestBody{Programme: programme, Name: name})
				must(t, err)
				if round.JSON201 == nil {
					t.Fatalf("%s %s", round.Status(), round.Body)
				}
				ids[round.JSON201.ID] = true
			}
			if len(ids) != n+1 {
				t.Errorf("%d rounds of %d keys", len(ids), n+1)
			}
		}
		limit, params := int64(2), client.ListRoundsParams{Programme: programme}
		params.Limit = &limit
		read := 0
		for more := true; more; {
			page, err := admin.ListRoundsWithResponse(ctx, &params)
			must(t, err)
			if page.JSON200 == nil {
				t.Fatalf("%s %s", page.Status(), page.Body)
			}
			read += len(page.JSON200.Items)
			params.Cursor, more = page.JSON200.Next, page.JSON200.Next != nil
		}
		if read != 3 {
			t.Errorf("%d rounds read", read)
		}

		now, err := admin.GetProgrammeWithResponse(ctx, programme, nil)
		must(t, err)
		tag := now.HTTPResponse.Header.Get("ETag")
		change := client.UpdateProgrammeJSONRequestBody{Settings: new(map[string]any{"candidates": 40})}
		for _, want := range []int{http.StatusOK, http.StatusPreconditionFailed} {
			changed, err := admin.UpdateProgrammeWithResponse(ctx, programme, &client.UpdateProgrammeParams{IfMatch: &tag}, change)
			must(t, err)
			if changed.StatusCode() != want {
				t.Errorf("%s %s, not %d", changed.Status(), changed.Body, want)
			}
		}
		missing, err := admin.GetRoundWithResponse(ctx, uuid.MustParse(nowhere), nil)
		must(t, err)
		if p := missing.ApplicationProblemJSONDefault; p == nil || p.Code != client.ProblemCodeNotFound {
			t.Errorf("%s %s", missing.Status(), missing.Body)
		}
	})
}
