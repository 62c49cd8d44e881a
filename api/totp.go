package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // HMAC does not rest on collisions, and apps know nothing else: see ADR 0018
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Codes of apps by RFC 6238, as all apps make them when nothing else is said.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	totpWindow = 1  // steps that the clock of a phone may be off
	totpBytes  = 20 // of a secret: 160 bits, as many as the hash has
)

// newTOTP makes the secret of an app.
func newTOTP() []byte {
	secret := make([]byte, totpBytes)
	rand.Read(secret) // never fails
	return secret
}

// totpText is a secret as people type it in.
func totpText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// totpURI is a secret as apps read it, with the site and the account that they
// show beside its codes.
func totpURI(secret []byte, site, account string) string {
	issuer := url.PathEscape(site)
	return fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d",
		issuer, url.PathEscape(account), totpText(secret), issuer, totpDigits, int(totpStep/time.Second))
}

// stepAt is the step of an instant.
func stepAt(t time.Time) int64 { return t.Unix() / int64(totpStep/time.Second) }

// totpCode is the code of a step: RFC 4226 with the step as its counter.
func totpCode(secret []byte, step int64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash takes everything
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	number, most := binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff, uint32(1)
	for range digits {
		most *= 10
	}
	return fmt.Sprintf("%0*d", digits, number%most)
}

// stepOf finds the step near an instant whose code somebody has typed, the
// newest one; none that is not after the last one that was taken. It takes as
// long for a wrong code.
func stepOf(secret []byte, code string, now time.Time, last int64) (step int64, ok bool) {
	for near := stepAt(now) - totpWindow; near <= stepAt(now)+totpWindow; near++ {
		same := subtle.ConstantTimeCompare([]byte(totpCode(secret, near, totpDigits)), []byte(code)) == 1
		if same && near > last {
			step, ok = near, true
		}
	}
	return step, ok
}

// plainCode is a code without what people put in between, and whether it has
// the form of an app's. Letters and digits of recovery codes that look alike
// are taken for each other.
func plainCode(text string) (code string, app bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
	if len(code) == totpDigits && strings.Trim(code, "0123456789") == "" {
		return code, true
	}
	return strings.NewReplacer("0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code)), false
}

// recoveryRunes is how long a recovery code is: 120 random bits.
const recoveryRunes = 24

// newRecovery makes recovery codes as people keep them, in groups of four, and
// the hashes by which the store knows them.
func newRecovery(n int) (codes, hashes []string) {
	for range n {
		code := rand.Text()[:recoveryRunes]
		codes, hashes = append(codes, inFours(code, "-")), append(hashes, hashOf(code))
	}
	return codes, hashes
}

// inFours puts something between each four characters of a text.
func inFours(text, between string) string {
	var b strings.Builder
	for i := 0; i < len(text); i += 4 {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(text[i:min(i+4, len(text))])
	}
	return b.String()
}
