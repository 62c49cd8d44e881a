//go:build goexperiment.simd && amd64

package matching

import "testing"

// withShares makes columns hold shares for the time of a test.
func withShares(t *testing.T) {
	was := widest
	widest = false
	t.Cleanup(func() { widest = was })
}

// TestWithoutVectors does on this processor what one with shorter vectors does, or
// with none.
func TestWithoutVectors(t *testing.T) {
	was, wasWidest := wide, widest
	defer func() { wide, widest = was, wasWidest }()
	for _, c := range []struct {
		name string
		have bool
		wide bool
	}{{"256", was, true}, {"none", true, false}} {
		if !c.have {
			continue
		}
		wide, widest = c.wide, false
		t.Run(c.name, func(t *testing.T) {
			t.Run("kernel", TestKernelEqualsReference)
			t.Run("many", TestManyEqualReference)
			t.Run("live", TestLiveIndexEqualsRebuild)
			t.Run("sum", TestSumEqualsDefinition)
			t.Run("greatest", TestGreatest)
			t.Run("compose", TestComposeEqualsDefinition)
			t.Run("with", TestWithEqualsReference)
		})
	}
}
