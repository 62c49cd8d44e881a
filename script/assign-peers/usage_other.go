//go:build !unix

package main

import "time"

var began = time.Now()

// usage is the time that has passed, where a process cannot easily ask for more.
func usage() (seconds, peak float64) { return time.Since(began).Seconds(), 0 }
