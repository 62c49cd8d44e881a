package api

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestTOTP makes the codes of RFC 6238, appendix B, for SHA-1.
func TestTOTP(t *testing.T) {
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		step := stepAt(time.Unix(at, 0))
		if got := totpCode(testTOTP, step, 8); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
		if got := totpCode(testTOTP, step, totpDigits); got != want[2:] {
			t.Errorf("at %d: %s, want %s", at, got, want[2:])
		}
	}
}

// TestStepOf takes codes of a window around now, none twice, and none before the
// last one.
func TestStepOf(t *testing.T) {
	now := time.Unix(1111111111, 0)
	here := stepAt(now)
	for name, c := range map[string]struct {
		step, last int64
		code       string
		ok         bool
	}{
		"now": {here, 0, "", true}, "one before": {here - 1, 0, "", true}, "one after": {here + 1, here, "", true},
		"two before": {here - 2, 0, "", false}, "two after": {here + 2, 0, "", false},
		"again": {here, here, "", false}, "an older one": {here - 1, here, "", false},
		"empty": {here, 0, " ", false}, "too long": {here, 0, totpCode(testTOTP, here, 8), false}, "full width": {here, 0, "０５０４７１", false},
	} {
		code := c.code
		if code == "" {
			code = totpCode(testTOTP, c.step, totpDigits)
		}
		if step, ok := stepOf(testTOTP, code, now, c.last); ok != c.ok || ok && step != c.step {
			t.Errorf("%s: %d, %v", name, step, ok)
		}
	}
}

func TestPlainCode(t *testing.T) {
	for text, want := range map[string]string{
		"123456": "app 123456", " 123 456 ": "app 123456", "123-456": "app 123456", "12345": "I2345", "": "", "- ": "",
		"abcd-efgh 2345": "ABCDEFGH2345", "0l8o": "OLBO", "123456７": "I23456７",
	} {
		code, app := plainCode(text)
		if app {
			code = "app " + code
		}
		if code != want {
			t.Errorf("%q is read as %q", text, code)
		}
	}
	codes, hashes := newRecovery(10)
	seen := map[string]bool{}
	for i, code := range codes {
		seen[code] = true
		plain, app := plainCode(strings.ToLower(code))
		if app || len(plain) != recoveryRunes || hashOf(plain) != hashes[i] || len(code) != 29 {
			t.Errorf("%q is read as %q", code, plain)
		}
	}
	if len(seen) != 10 {
		t.Error("a code came twice")
	}
}

func TestTOTPAddress(t *testing.T) {
	text := totpURI(testTOTP, "Puente a.example", "luc&ia+?@example.org")
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Puente a.example:luc&ia+?@example.org" {
		t.Errorf("%s: %q %v", text, u.Path, err)
	}
	if q := u.Query(); q.Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || q.Get("issuer") != "Puente a.example" || q.Get("digits") != "6" || q.Get("period") != "30" {
		t.Errorf("%s", text)
	}
}
