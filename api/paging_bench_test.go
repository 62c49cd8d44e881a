package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"puente/jobs"
	"puente/models"
)

// BenchmarkLists reads the first page of the mentees of a programme of 20,000
// people, on SQLite, alone and with 19 others.
func BenchmarkLists(b *testing.B) {
	const people = 20_000
	ctx := context.Background()
	s, _ := serverAt(b, newDatabase(b, "sqlite"), time.Now)
	programme := &models.Programme{Name: "Puente", Locale: "es"}
	must(b, s.Store.CreateProgramme(ctx, "", programme))
	mentors, mentees := jobs.Generate(jobs.Population{Mentors: people / 10, Mentees: people - people/10, Seed: 7})
	must(b, jobs.Populate(ctx, s.Store, "", programme.ID, mentors, mentees, models.ProfileWaiting))
	a := &models.Account{Role: models.AccountAdmin, Email: "ada@example.org", Lang: "es", VerifiedAt: new(s.Store.Now())}
	must(b, s.Store.CreateAccount(ctx, "", a))
	token, err := s.IssueToken(ctx, a.ID)
	must(b, err)
	must(b, s.Store.Gorm.Exec("UPDATE accounts SET factor_at = ?", s.Store.Now()).Error) // as staff must have one
	var refused atomic.Int64
	get := func(path string) {
		if w := ask(s, "GET", path, "", "Authorization: Bearer "+token.AccessToken); w.Code != http.StatusOK {
			refused.Add(1) // 503 for want of time
		}
	}
	for _, limit := range []int{1, 100} {
		for _, readers := range []int{1, 20} {
			b.Run(fmt.Sprintf("people=%d/limit=%d/readers=%d", people, limit, readers), func(b *testing.B) {
				path := fmt.Sprintf("/api/v1/profiles?programme=%s&role=mentee&limit=%d", programme.ID, limit)
				refused.Store(0)
				b.ReportAllocs()
				for b.Loop() {
					var work sync.WaitGroup
					for range readers {
						work.Go(func() { get(path) })
					}
					work.Wait()
				}
				b.ReportMetric(float64(refused.Load())/float64(b.N), "refused/op")
			})
		}
	}
}
