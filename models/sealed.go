package models

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql/driver"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// sealedPrefix begins every sealed text: the version of how it was made. The database refuses texts without it.
const sealedPrefix = "sealed1:"

// Sealed is a text that only a key can open. It can hold nothing else: a plain text has no way into it.
type Sealed struct{ text string }

// Value writes the sealed text.
func (s Sealed) Value() (driver.Value, error) {
	if !strings.HasPrefix(s.text, sealedPrefix) {
		return nil, errors.New("models: an empty seal")
	}
	return s.text, nil
}

// Scan reads a sealed text.
func (s *Sealed) Scan(value any) error {
	text, ok := value.(string)
	if raw, is := value.([]byte); is {
		text, ok = string(raw), true
	}
	if !ok || !strings.HasPrefix(text, sealedPrefix) {
		return errors.New("models: not sealed")
	}
	s.text = text
	return nil
}

// String tells nothing, so that no log can either.
func (Sealed) String() string { return "[sealed]" }

// Sealer seals and opens texts. The place, such as "ownership_answers.answer#ID", is bound into the seal: a sealed
// text that was moved elsewhere does not open.
type Sealer interface {
	Seal(place string, plain []byte) (Sealed, error)
	Open(place string, sealed Sealed) ([]byte, error)
}

// KeySize is the length of a key in bytes.
const KeySize = 32

// Vault seals with AES-256-GCM and a random nonce of 96 bits, good for 2^32 texts under one key.
type Vault struct{ aead cipher.AEAD }

// NewVault makes a vault with a key of KeySize bytes.
func NewVault(key []byte) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("models: a key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &Vault{aead}, err
}

// Seal seals a text for a place.
func (v *Vault) Seal(place string, plain []byte) (Sealed, error) {
	return Sealed{sealedPrefix + base64.RawStdEncoding.EncodeToString(v.aead.Seal(nil, nil, plain, []byte(place)))}, nil
}

// Open opens what was sealed for the place with the same key.
func (v *Vault) Open(place string, sealed Sealed) ([]byte, error) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(sealed.text, sealedPrefix))
	if err != nil {
		return nil, err
	}
	return v.aead.Open(nil, nil, raw, []byte(place))
}

// newKey makes a key of its own for a person's answers.
func newKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails
	return key
}
