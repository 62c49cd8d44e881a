package instance

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"puente/matching/assign"
)

// TestShapes makes a small problem of every shape twice, solves it, and reads
// back what was written.
func TestShapes(t *testing.T) {
	for _, s := range Shapes {
		t.Run(s.Name, func(t *testing.T) {
			p := s.Make(200)
			if !reflect.DeepEqual(p, s.Make(200)) {
				t.Error("the seed does not fix the problem")
			}
			got, err := assign.Solve(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Pairs) < 40 {
				t.Errorf("only %d pairs", len(got.Pairs))
			}
			file := filepath.Join(t.TempDir(), "problem")
			if err := Write(file, p); err != nil {
				t.Fatal(err)
			}
			back, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p, back) {
				t.Error("the file holds another problem")
			}
		})
	}
}
