package models

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gorm.io/gorm"
)

// ExportFormat names the form of an export.
const ExportFormat = "puente.person/1"

// Export is every row that names the owner of an account, by table, as the Inventory has it: without what opens something, and
// without what is of others. Other people are in it by their ids.
type Export struct {
	Format  string              `json:"format"`
	Account string              `json:"account"`
	At      time.Time           `json:"at"`
	Tables  map[string][]Record `json:"tables"`
}

// Record is a row by the names of its columns.
type Record map[string]any

// ExportAccount reads what is stored of the owner of an account; answers about ownership are opened, or left out without
// a sealer. That it was read is written to the audit log, and is in the next one. Tables are read one after the other,
// while others write.
// Cost: a look at each table, by an index but for mails, the audit log, and the runs of the person's programmes, whose
// snapshots are searched.
func (s *Store) ExportAccount(ctx context.Context, by Actor, id string, installation Sealer) (*Export, error) {
	g := s.Gorm.WithContext(ctx)
	var a Account
	if err := g.Where("id = ?", id).First(&a).Error; err != nil {
		return nil, failed("account", err)
	}
	out := &Export{ExportFormat, a.ID, s.now(), map[string][]Record{}}
	for i := range Inventory {
		h := &Inventory[i]
		if h.Fate == FateNone {
			continue
		}
		rows, err := h.records(g, namesOf(&a, s.now()))
		if err != nil {
			return nil, failed("account", err)
		}
		out.Tables[h.Table] = rows
	}
	if err := openAnswers(g, installation, out); err != nil {
		return nil, failed("account", err)
	}
	return out, s.write(ctx, "account", func(g *gorm.DB) error { return s.Audit(g, by, "account.export", "accounts", id, nil) })
}

// records reads the rows of a table that name somebody, by all that is exported of them.
func (h *Holding) records(g *gorm.DB, whose []any) ([]Record, error) {
	columns, order := strings.Join(h.Exported(), ", "), strings.Join(strings.Fields(h.Plain), ", ")
	all := []Record{}
	var rows []map[string]any
	//lint:allow gormsql: constants of Inventory
	if err := g.Raw("SELECT "+columns+" FROM "+h.Table+" WHERE "+h.Names+" ORDER BY "+order, whose...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	for _, row := range rows {
		for column, value := range row {
			row[column] = h.value(column, value)
		}
		all = append(all, row)
	}
	return all, nil
}

// value is what a column holds, the same of both databases.
func (h *Holding) value(column string, value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC()
	case string:
		if strings.Contains(" "+h.JSON+" ", " "+column+" ") && json.Valid([]byte(v)) {
			return json.RawMessage(v)
		}
	}
	return value
}

// AccountOfPerson finds the account of whoever is meant by an address, by the id of an account or of a profile, or by the code
// of a profile that only one programme has. Who was imported and never signed in has none, and gets one, at an address
// that nobody has, so that what is done by account can be done for her too: ExportAccount and EraseAccount.
func (s *Store) AccountOfPerson(ctx context.Context, by Actor, who string) (account string, err error) {
	find := s.Account
	if strings.Contains(who, "@") {
		find = s.AccountByEmail
	}
	a, err := find(ctx, who)
	if err == nil {
		return a.ID, nil
	}
	var rows []ProfileRow
	if CodeOf(err) == CodeNotFound {
		err = failed("account", s.Gorm.WithContext(ctx).Where("id = ? OR code = ?", who, who).Limit(2).Find(&rows).Error)
	}
	switch {
	case err != nil:
		return "", err
	case len(rows) != 1:
		return "", missing("account")
	case rows[0].AccountID != nil:
		return *rows[0].AccountID, nil
	}
	a = &Account{Email: "profile-" + rows[0].UID + "@" + LocalDomain, Role: AccountEntrepreneur, Lang: "en", VerifiedAt: new(s.now())}
	if rows[0].Profile.Role == RoleMentor {
		a.Role = AccountMentor
	}
	err = s.Together(ctx, func(ctx context.Context) error {
		if err := s.CreateAccount(ctx, by, a); err != nil {
			return err
		}
		return s.ClaimProfile(ctx, by, rows[0].UID, a.ID)
	})
	return a.ID, err
}
