package models

import (
	"context"

	"gorm.io/gorm"
)

// Keys seal what is stored; all are made from the installation's secret.
type Keys struct {
	Ownership Sealer // the keys of profiles, which seal answers about ownership
	Mails     Sealer // what mails say
	Providers Sealer // our secrets at providers
	Factors   Sealer // the secrets of apps that show codes
}

// sealedColumn is a column whose texts a key of the installation seals.
type sealedColumn struct {
	name  string // table.column
	read  string // its rows after an id, at most so many: id and text
	write string // of a row
	place func(id string) string
	key   func(k *Keys) Sealer
}

// sealedColumns are all of them but those of answers about ownership, which keys of profiles seal, and of answers to requests,
// which a new secret forgets.
var sealedColumns = []sealedColumn{
	{
		"profile_keys.sealed_key",
		"SELECT profile_id AS id, sealed_key AS text FROM profile_keys WHERE profile_id > ? ORDER BY profile_id LIMIT ?",
		"UPDATE profile_keys SET sealed_key = ? WHERE profile_id = ?",
		keyPlace, func(k *Keys) Sealer { return k.Ownership },
	},
	{
		"mails.content",
		"SELECT id, content AS text FROM mails WHERE content IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
		"UPDATE mails SET content = ? WHERE id = ?",
		mailPlace, func(k *Keys) Sealer { return k.Mails },
	},
	{
		"providers.client_secret",
		"SELECT id, client_secret AS text FROM providers WHERE id > ? ORDER BY id LIMIT ?",
		"UPDATE providers SET client_secret = ? WHERE id = ?",
		func(id string) string { return (&Provider{ID: id}).SecretPlace() }, func(k *Keys) Sealer { return k.Providers },
	},
	{
		"factors.secret",
		"SELECT account_id AS id, secret AS text FROM factors WHERE account_id > ? ORDER BY account_id LIMIT ?",
		"UPDATE factors SET secret = ? WHERE account_id = ?",
		FactorPlace, func(k *Keys) Sealer { return k.Factors },
	},
}

// resealBatch is how many rows are read at once.
const resealBatch = 500

// Reseal opens what keys have sealed and seals it with others, and from then on wants the secret of the new fingerprint; all
// or nothing, in one transaction. A store that was begun with another secret than that of the old fingerprint is a conflict. It
// gives the number of texts. Answers kept for requests that are sent again, and sign-ins by providers that were begun, are
// forgotten: what they are known by was made with the old secret. Nobody else may use the store meanwhile.
func (s *Store) Reseal(ctx context.Context, from, to *Keys, old, fresh string) (texts int64, err error) {
	err = s.write(ctx, "installation", func(g *gorm.DB) error {
		done := g.Model(&Installation{}).Where("id = 1 AND fingerprint = ?", old).UpdateColumns(map[string]any{"fingerprint": fresh})
		if done.Error == nil && done.RowsAffected == 0 {
			return &Error{Code: CodeConflict, Field: "secret", Key: "store.other_secret"}
		}
		if done.Error != nil {
			return done.Error
		}
		for i := range sealedColumns {
			c := &sealedColumns[i]
			n, err := c.reseal(g, c.key(from), c.key(to))
			if err != nil {
				return err
			}
			texts += n
		}
		for _, forgotten := range []any{&RequestKey{}, &Flow{}} {
			if err := g.Where("1 = 1").Delete(forgotten).Error; err != nil {
				return err
			}
		}
		return s.Audit(g, "", "secret.rotate", "installations", "1", map[string]any{"texts": texts})
	})
	if err != nil {
		return 0, err
	}
	return texts, nil
}

// reseal does so for a column, in a transaction of the caller.
func (c *sealedColumn) reseal(g *gorm.DB, from, to Sealer) (n int64, err error) {
	for last := ""; ; {
		var rows []struct {
			ID   string
			Text Sealed
		}
		//lint:allow gormsql: constants of sealedColumns
		if err := g.Raw(c.read, last, resealBatch).Scan(&rows).Error; err != nil || len(rows) == 0 {
			return n, err
		}
		for _, r := range rows {
			plain, err := from.Open(c.place(r.ID), r.Text)
			if err != nil {
				return n, err
			}
			sealed, err := to.Seal(c.place(r.ID), plain)
			if err != nil {
				return n, err
			}
			//lint:allow gormsql: constants of sealedColumns
			if err := g.Exec(c.write, sealed, r.ID).Error; err != nil {
				return n, err
			}
			last = r.ID
			n++
		}
	}
}
