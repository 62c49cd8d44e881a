-- Lists that grow with people are read in parts, in the order of their ids, pairs by score: each is found by an index.

-- +goose Up
CREATE INDEX profiles_side ON profiles (programme_id, role, id);
CREATE INDEX profiles_stand ON profiles (programme_id, role, state, id);
CREATE INDEX profiles_home ON profiles (organization_id, programme_id, role, id);
DROP INDEX profiles_organization;
CREATE INDEX pairs_best ON pairs (run_id, score DESC, id);
CREATE INDEX offers_round ON offers (round_id, id);

-- +goose Down
DROP INDEX offers_round;
DROP INDEX pairs_best;
CREATE INDEX profiles_organization ON profiles (organization_id);
DROP INDEX profiles_home;
DROP INDEX profiles_stand;
DROP INDEX profiles_side;
