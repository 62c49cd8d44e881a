package jobs

import (
	"context"
	"time"

	"puente/models"
)

// manyVectors are more people than are asked for by their codes.
const manyVectors = 500

// readVectors takes over the vectors of some people's own words, if vectors have
// a weight.
func (at *advised) readVectors(ctx context.Context, store *models.Store, programme string, rows []models.ProfileRow) error {
	if !at.similar || len(rows) == 0 {
		return nil
	}
	var codes []string
	if len(rows) <= manyVectors {
		for i := range rows {
			codes = append(codes, rows[i].Profile.ID)
		}
	}
	found, err := store.Vectors(ctx, programme, codes...)
	if err != nil {
		return err
	}
	for i := range rows {
		code := rows[i].Profile.ID
		if v, ok := found[code]; ok {
			at.builder.vectors[code] = v
		} else {
			delete(at.builder.vectors, code)
		}
	}
	return nil
}

// missesVectors says whether other vectors of mentors are stored than were seen.
func (at *advised) missesVectors(ctx context.Context, store *models.Store, programme string) (bool, error) {
	if !at.similar {
		return false, nil
	}
	n, last, err := store.VectorStamp(ctx, programme)
	for _, v := range at.versions {
		if v.vector != noVector {
			n--
		}
	}
	seen := noVector
	for _, v := range at.versions {
		seen = max(seen, v.vector)
	}
	return n != 0 || seen != last.UnixMicro(), err
}

// noVector is the version of a vector that is not there.
var noVector = time.Time{}.UnixMicro()
