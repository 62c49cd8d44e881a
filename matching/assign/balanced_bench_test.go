package assign

import (
	"context"
	"fmt"
	"testing"
)

func BenchmarkBalanced(b *testing.B) {
	for _, x := range []struct{ mentees, mentors int }{{1000, 300}, {10_000, 3000}, {100_000, 40_000}} {
		if x.mentees > *largest {
			break
		}
		uniform := market(1, x.mentees, x.mentors, 50, CoverNone)
		for k, p := range []Problem{uniform, popular(1, x.mentees, x.mentors, 50)} {
			b.Run(fmt.Sprintf("mentees=%d/shape=%s", x.mentees, [...]string{"uniform", "popular"}[k]), func(b *testing.B) {
				b.ReportAllocs()
				began := spent()
				for b.Loop() {
					if _, err := Balanced(context.Background(), p); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((spent()-began).Nanoseconds())/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
