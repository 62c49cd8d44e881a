//go:build !unix

package assign

import "time"

var began = time.Now()

// spent is the time that has passed, where a process cannot easily ask
// for its own.
func spent() time.Duration { return time.Since(began) }
