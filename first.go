package main

import (
	"errors"

	"puente/api"
	"puente/models"
)

// What a new installation begins with. Nobody gets mail at the address: it
// only names the account, whose owner chooses a password by a link.
const (
	firstProgramme = "Puente"
	firstAdmin     = "admin@" + models.LocalDomain
)

// beginProgramme makes a programme where there is none.
func (p *program) beginProgramme(store *models.Store) error {
	all, err := store.Programmes(p.ctx)
	if err != nil || len(all) > 0 {
		return err
	}
	err = store.CreateProgramme(p.ctx, "", &models.Programme{Name: firstProgramme, Locale: p.config.Lang})
	if models.CodeOf(err) == models.CodeConflict {
		return nil // another server of the same database was faster
	}
	return err
}

// beginAdmin prints a link that signs the first administrator in, as long as
// none has a password. It works once and for an hour; each start makes a
// new one and ends the older ones. It goes to standard output, never to the
// log.
func (p *program) beginAdmin(store *models.Store, site string) error {
	has, err := store.HasAdmin(p.ctx)
	if err != nil || has {
		return err
	}
	err = store.CreateAccount(p.ctx, "", &models.Account{Email: firstAdmin, Role: models.AccountAdmin, Lang: p.config.Lang})
	if err != nil && models.CodeOf(err) != models.CodeConflict { // of an earlier start, or of another server
		return err
	}
	account, err := store.AccountByEmail(p.ctx, firstAdmin)
	if err != nil {
		return err
	}
	if account.Role != models.AccountAdmin {
		return errors.New(p.say("serve.admin_taken", map[string]any{"Email": firstAdmin}))
	}
	id, hash := api.Secret()
	link := &models.Link{IDHash: hash, AccountID: &account.ID, Purpose: models.LinkInvite}
	if err := store.CreateLink(p.ctx, "", link); err != nil {
		return err
	}
	p.line("serve.admin", map[string]any{"Email": firstAdmin, "URL": site + "/" + p.config.Lang + "/link/" + id})
	return nil
}
