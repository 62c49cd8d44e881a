package models

import (
	"crypto/rand"
	"fmt"
	"time"
)

// newID makes an id: a UUID of version 7 (RFC 9562, 6.2 method 3), so that ids sort by the microsecond in which they were
// made, lists can be cut by them, and their rows lie together. The caller knows it before the row is written, which
// sealing needs.
func newID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	for i, ms := 5, now.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		b[i] = byte(ms)
	}
	part := now.Nanosecond() % 1e6 * 4096 / 1e6 // of the millisecond
	b[6], b[7] = byte(part>>8)|0x70, byte(part)
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
