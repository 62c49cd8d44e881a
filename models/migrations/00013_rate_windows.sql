-- +goose Up

-- How many requests of a kind came from whom within a window of time, for limits that a restart does not end.
CREATE TABLE rate_windows (
    class     TEXT NOT NULL CHECK (class <> ''),
    sender    TEXT NOT NULL CHECK (sender <> ''), -- an account, or a keyed hash of a network
    starts_at TIMESTAMP NOT NULL,
    ends_at   TIMESTAMP NOT NULL CHECK (ends_at > starts_at),
    used      INTEGER NOT NULL CHECK (used > 0),
    PRIMARY KEY (class, sender, starts_at)
);
CREATE INDEX rate_windows_end ON rate_windows (ends_at);

-- +goose Down
DROP TABLE rate_windows;
