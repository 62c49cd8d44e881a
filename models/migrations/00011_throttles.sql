-- +goose Up

-- How often something was tried, so that guessing gets slow for whoever guesses, after a restart and with several
-- processes too. Keys are keyed hashes: the table names neither people nor networks.
CREATE TABLE throttles (
    key        TEXT NOT NULL PRIMARY KEY CHECK (length(key) = 64),
    tries      INTEGER NOT NULL CHECK (tries >= 0),
    until      TIMESTAMP NOT NULL, -- the next try is allowed then
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX throttles_updated ON throttles (updated_at);

-- +goose Down
DROP TABLE throttles;
