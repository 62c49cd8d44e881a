package api

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"puente/models"
)

// secrets are the keys that the server derives from Options.Secret, one for
// each use, so that none tells anything of another.
type secrets struct {
	answers   *models.Vault // seals answers that may be sent again
	requests  []byte        // hashes what clients send: keys, bodies, addresses
	cursors   []byte        // signs cursors of lists
	browsers  []byte        // signs cookies, and hashes what tries are counted by
	providers *models.Vault // seals secrets that we share with providers
	flows     []byte        // makes what a provider must know of a flow
	factors   *models.Vault // seals the secrets of apps that show codes
}

// newSecrets derives the keys. Without a secret they are those of this process
// alone.
func newSecrets(secret []byte) secrets {
	if len(secret) == 0 {
		secret = make([]byte, models.KeySize)
		rand.Read(secret) // never fails
	}
	key := func(use string) []byte {
		key, err := hkdf.Key(sha256.New, secret, nil, use, models.KeySize)
		if err != nil {
			panic(err) // the length is one that every hash can give
		}
		return key
	}
	vault := func(use string) *models.Vault {
		v, err := models.NewVault(key(use))
		if err != nil {
			panic(err) // the length of a key is right
		}
		return v
	}
	return secrets{
		vault("puente answers 1"), key("puente requests 1"), key("puente cursors 2"), key("puente cookies 1"),
		vault("puente providers 1"), key("puente flows 1"), vault("puente factors 1"),
	}
}

// Seal puts in k the keys with which a server seals what it stores, as it
// derives them from Options.Secret.
func Seal(k *models.Keys, secret []byte) {
	s := newSecrets(secret)
	k.Providers, k.Factors = s.providers, s.factors
}

// keyed is the keyed hash of parts, of which none can be taken for another.
func keyed(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		var size [8]byte
		for i, n := 0, len(p); i < len(size); i, n = i+1, n>>8 {
			size[i] = byte(n)
		}
		mac.Write(size[:])
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// digits writes a hash as the store keeps it.
func digits(hash []byte) string { return hex.EncodeToString(hash) }
