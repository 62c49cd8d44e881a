//go:build goexperiment.simd && amd64

package matching

import "testing"

// TestWithoutVectors does on this processor what one without vectors does.
func TestWithoutVectors(t *testing.T) {
	if !wide {
		return // the other tests do it then
	}
	wide = false
	defer func() { wide = true }()
	t.Run("kernel", TestKernelEqualsReference)
	t.Run("live", TestLiveIndexEqualsRebuild)
	t.Run("sum", TestSumEqualsDefinition)
	t.Run("compose", TestComposeEqualsDefinition)
	t.Run("with", TestWithEqualsReference)
}
