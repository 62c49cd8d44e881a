-- +goose Up

-- A run may keep the pairs of an earlier one, each counting so many points more, and may end its search after a time.
ALTER TABLE runs ADD COLUMN keep_run TEXT REFERENCES runs (id);
ALTER TABLE runs ADD COLUMN keep_points BIGINT NOT NULL DEFAULT 0 CHECK (keep_points >= 0);
ALTER TABLE runs ADD COLUMN time_limit INTEGER NOT NULL DEFAULT 0 CHECK (time_limit >= 0); -- seconds; 0: none

-- +goose Down
ALTER TABLE runs DROP COLUMN time_limit;
ALTER TABLE runs DROP COLUMN keep_points;
ALTER TABLE runs DROP COLUMN keep_run;
