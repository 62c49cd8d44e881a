package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// checkHash: the file's hash covers all its bytes but its own digits.
func (c *checker) checkHash() {
	sum := sha256.New()
	sum.Write(c.data[:c.digest])
	sum.Write(bytes.Repeat([]byte{'0'}, 64))
	sum.Write(c.data[c.digest+64:])
	c.compareDigest("hash", c.digest, sum.Sum(nil))
}

// checkSettings: the settings' hash covers them without white space.
func (c *checker) checkSettings() {
	sum := sha256.Sum256(compact(c.data[c.settings.start:c.settings.end]))
	c.compareDigest("settings_hash", c.settings.digest, sum[:])
}

func (c *checker) compareDigest(name string, at int, sum []byte) {
	stated, found := c.data[at:at+64], hex.EncodeToString(sum)
	if string(stated) != found {
		c.refute(member(name), "the file states %s, its content gives %s", stated, found)
	}
}

// compact is JSON text without the white space between its tokens.
func compact(text []byte) []byte {
	out := make([]byte, 0, len(text))
	inside, escaped := false, false
	for _, b := range text {
		if inside || strings.IndexByte(" \t\n\r", b) < 0 {
			out = append(out, b)
		}
		if b == '"' && !escaped {
			inside = !inside
		}
		escaped = inside && b == '\\' && !escaped
	}
	return out
}

// checkHeader: what the kind of round says about the members before the lists.
func (c *checker) checkHeader() {
	if c.kind == "match" {
		if !isDate(c.start) {
			c.refute(member("start"), "%q is not a date of the form YYYY-MM-DD", c.start)
		}
		if c.sense != "max" {
			c.refute(member("sense"), "a round of kind match has the sense max, not %s", c.sense)
		}
		return
	}
	if c.start != "" {
		c.refute(member("start"), "a round of kind assign has no start, this one has %q", c.start)
	}
	if c.settings.members > 0 {
		c.refute(member("settings"), "a round of kind assign has no settings, this one has %d", c.settings.members)
	}
}

// isDate tells whether s is a day of the Gregorian calendar, YYYY-MM-DD.
func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	number := func(digits string) int {
		n := 0
		for _, d := range []byte(digits) {
			if d < '0' || d > '9' {
				return -1 << 31
			}
			n = n*10 + int(d-'0')
		}
		return n
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:])
	if year < 1 || month < 1 || month > 12 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		days = 29
	}
	return day >= 1 && day <= days
}
