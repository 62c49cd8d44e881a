//go:build !unix

package jobs

import "time"

var began = time.Now()

// processorTime is the time that has passed, where a process cannot easily ask
// for its own.
func processorTime() time.Duration { return time.Since(began) }
