package jobs

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"puente/models"
)

// ImportCounts say what an import into a programme came to.
type ImportCounts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// ImportPeople stores people of both sides in a programme, as
// [models.ReadPeople] gives them: those with a new code as profiles that wait,
// the others in place of what was known of them. State, owner and places taken
// of a known profile stay as they are. All of it is stored or, after any error,
// nothing: a code of somebody of the other side is a conflict, somebody who
// would come in from a country that the programme does not serve is invalid,
// and what somebody else changes meanwhile makes it stale.
// Cost: 10,000 people in about two seconds, in which nobody else can write on
// SQLite.
func ImportPeople(
	ctx context.Context, store *models.Store, by models.Actor, programme string, mentors, mentees []models.Profile,
) (counts ImportCounts, err error) {
	known, err := profilesByCode(ctx, store, programme)
	if err != nil {
		return counts, err
	}
	var created, updated []*models.ProfileRow
	for _, p := range slices.Concat(mentors, mentees) {
		row, ok := known[p.ID]
		if !ok {
			created = append(created, &models.ProfileRow{ProgrammeID: programme, State: models.ProfileWaiting, Profile: p})
			continue
		}
		if row.Profile.Role != p.Role {
			return ImportCounts{}, &models.Error{Code: models.CodeConflict, Field: "id", Key: "exchange.other_side", Args: map[string]any{"ID": p.ID}}
		}
		p.Taken = row.Profile.Taken
		if reflect.DeepEqual(p, row.Profile) {
			counts.Unchanged++
			continue
		}
		row.Profile = p
		updated = append(updated, &row)
	}
	if err := store.SaveProfiles(ctx, by, created, updated); err != nil {
		if e, ok := errors.AsType[*models.Error](err); ok && e.Field == "country" {
			e.Key = "exchange.country" // which says of whom
		}
		return ImportCounts{}, err
	}
	counts.Created, counts.Updated = len(created), len(updated)
	return counts, nil
}

// profilesByCode reads all people of a programme.
func profilesByCode(ctx context.Context, store *models.Store, programme string) (map[string]models.ProfileRow, error) {
	if _, err := store.Programme(ctx, programme); err != nil {
		return nil, err
	}
	known := map[string]models.ProfileRow{}
	for _, role := range []models.Role{models.RoleMentor, models.RoleMentee} {
		rows, err := store.Profiles(ctx, programme, role)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			known[row.Profile.ID] = row
		}
	}
	return known, nil
}

// exported are the states of people who take part, now or soon: the answers of
// others may be incomplete, or are nobody's business any more.
var exported = []models.ProfileState{models.ProfileApproved, models.ProfileWaiting, models.ProfilePaused, models.ProfileFrozen}

// ExportPeople gives the people of one role who take part in a programme, by
// code: what [models.WritePeople] writes, and ImportPeople takes.
func ExportPeople(ctx context.Context, store *models.Store, programme string, role models.Role) ([]models.Profile, error) {
	if _, err := store.Programme(ctx, programme); err != nil {
		return nil, err
	}
	rows, err := store.Profiles(ctx, programme, role, exported...)
	return models.Engine(rows), err
}

// ImportOwnership stores answers about owners, as [models.ReadOwnership] gives
// them, sealed with the vault. It is for answers that people have given
// elsewhere, and by says that each of them has agreed to the text and purpose
// of the consent. Whoever has a consent for the purpose here, also one that was
// withdrawn, keeps what was said here and counts as unchanged; "not_asked" is
// no answer, and who has no other counts nowhere. All of it is stored or, after
// any error, nothing: such as an id that the programme does not have, or a
// purpose for which it does not use answers.
func ImportOwnership(
	ctx context.Context, store *models.Store, by models.Actor, vault models.Sealer, programme string, consent models.Agreement, rows []models.OwnershipRow,
) (counts ImportCounts, err error) {
	if err := mayUse(ctx, store, programme, consent.Purpose); err != nil {
		return counts, err
	}
	known, err := profilesByCode(ctx, store, programme)
	if err != nil {
		return counts, err
	}
	agreed := map[string]models.Agreement{} // by profile
	for _, r := range rows {
		row, ok := known[r.ID]
		if !ok {
			return counts, &models.Error{Code: models.CodeInvalid, Field: "id", Key: "exchange.unknown_id", Args: map[string]any{"ID": r.ID}}
		}
		if r.Value == models.NotAsked {
			continue
		}
		a, ok := agreed[row.UID]
		if !ok {
			a = consent
			a.Answers = map[string]string{}
			agreed[row.UID] = a
		}
		a.Answers[r.Dimension] = r.Value
	}
	added, err := store.AddOwnership(ctx, by, vault, agreed)
	if err != nil {
		return counts, err
	}
	return ImportCounts{Created: added, Unchanged: len(agreed) - added}, nil
}

// ExportOwnership gives the answers about owners that people of a programme let
// be used for a purpose, by code and dimension: what [models.WriteOwnership]
// writes. Of each person the audit log keeps who has read them.
func ExportOwnership(
	ctx context.Context, store *models.Store, by models.Actor, vault models.Sealer, programme string, purpose models.Purpose,
) ([]models.OwnershipRow, error) {
	if err := mayUse(ctx, store, programme, purpose); err != nil {
		return nil, err
	}
	known, err := profilesByCode(ctx, store, programme)
	if err != nil {
		return nil, err
	}
	answers, err := store.ProgrammeOwnership(ctx, by, vault, programme, purpose)
	if err != nil {
		return nil, err
	}
	var rows []models.OwnershipRow
	for _, code := range sortedKeys(known) {
		of := answers[known[code].UID]
		for _, dimension := range sortedKeys(of) {
			rows = append(rows, models.OwnershipRow{ID: code, Dimension: dimension, Value: of[dimension]})
		}
	}
	return rows, nil
}

// mayUse refuses a purpose for which a programme does not use answers about
// owners.
func mayUse(ctx context.Context, store *models.Store, programme string, purpose models.Purpose) error {
	p, err := store.Programme(ctx, programme)
	if err == nil && !p.Demographics.Allows(purpose) {
		err = &models.Error{Code: models.CodeDenied, Field: "purpose", Key: "exchange.purpose"}
	}
	return err
}
