package web

import "testing"

func TestSigned(t *testing.T) {
	for n, want := range map[int]string{12: "+12", 0: "0", -9: "−9"} {
		if got := signed(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}
