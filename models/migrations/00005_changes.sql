-- +goose Up

-- What changed last in a programme is asked before every ranking.
CREATE INDEX profiles_changes ON profiles (programme_id, updated_at);

-- +goose Down
DROP INDEX profiles_changes;
