//go:build !unix

package main

import "time"

var start = time.Now()

// cpuTime returns the time gone by, where the system does not tell better.
func cpuTime() time.Duration { return time.Since(start) }
