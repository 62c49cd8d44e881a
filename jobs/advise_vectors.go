package jobs

import (
	"context"
	"time"
)

// manyVectors are more people than are asked for by their codes.
const manyVectors = 500

// readVectors takes over the vectors of some people's own words, if vectors have
// a weight.
func (r *roster) readVectors(ctx context.Context, codes ...string) error {
	if !r.similar || len(codes) == 0 {
		return nil
	}
	asked := codes
	if len(asked) > manyVectors {
		asked = nil
	}
	found, err := r.store.Vectors(ctx, r.programme.ID, asked...)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if v, ok := found[code]; ok {
			r.builder.vectors[code] = v
		} else {
			delete(r.builder.vectors, code)
		}
	}
	return nil
}

// missesVectors says whether other vectors of mentors are stored than were seen.
func (r *roster) missesVectors(ctx context.Context) (bool, error) {
	if !r.similar {
		return false, nil
	}
	n, last, err := r.store.VectorStamp(ctx, r.programme.ID)
	seen := noVector
	for _, v := range r.versions {
		if seen = max(seen, v.vector); v.vector != noVector {
			n--
		}
	}
	return n != 0 || seen != last.UnixMicro(), err
}

// noVector is the version of a vector that is not there.
var noVector = time.Time{}.UnixMicro()
