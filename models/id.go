package models

import (
	"crypto/rand"
	"fmt"
	"time"
)

// newID makes an id: a UUID of version 7 (RFC 9562), so that ids sort by the millisecond in which they were made and
// their rows lie together. The caller knows it before the row is written, which sealing needs.
func newID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	for i, ms := 5, now.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		b[i] = byte(ms)
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
