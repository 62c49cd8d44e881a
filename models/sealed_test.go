package models

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// TestSealed changes every bit of a sealed text, moves it, and gives it another key: it opens never; and the same text
// is sealed differently each time.
func TestSealed(t *testing.T) {
	key := newKey()
	vault, err := NewVault(key)
	must(t, err)
	plain := []byte("an answer")
	sealed, err := vault.Seal("here#1", plain)
	must(t, err)
	if got, err := vault.Open("here#1", sealed); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%q %v", got, err)
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(sealed.text, sealedPrefix))
	must(t, err)
	if len(raw) != 12+len(plain)+16 || bytes.Contains(raw, plain) {
		t.Errorf("%d bytes: a nonce, the text, a tag", len(raw))
	}
	for i := range raw {
		for bit := range 8 {
			raw[i] ^= 1 << bit
			if _, err := vault.Open("here#1", Sealed{sealedPrefix + base64.RawStdEncoding.EncodeToString(raw)}); err == nil {
				t.Errorf("bit %d of byte %d was changed, and it opens", bit, i)
			}
			raw[i] ^= 1 << bit
		}
	}
	for n := range raw {
		if _, err := vault.Open("here#1", Sealed{sealedPrefix + base64.RawStdEncoding.EncodeToString(raw[:n])}); err == nil {
			t.Errorf("cut off after %d bytes, and it opens", n)
		}
	}
	if _, err := vault.Open("here#2", sealed); err == nil {
		t.Error("it was moved, and opens")
	}
	other, err := NewVault(newKey())
	must(t, err)
	if _, err := other.Open("here#1", sealed); err == nil {
		t.Error("another key opens it")
	}
	again, err := vault.Seal("here#1", plain)
	must(t, err)
	if again.text == sealed.text {
		t.Error("the same text looks the same")
	}
	for _, short := range [][]byte{nil, key[:16], key[:31], append(key, 0)} {
		if _, err := NewVault(short); err == nil {
			t.Errorf("a key of %d bytes", len(short))
		}
	}
}
