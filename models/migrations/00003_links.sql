-- +goose Up

-- Links that sign somebody in without a password: the first administrator's, and those of a demonstration.
CREATE TABLE links (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the opaque id, which only the link has
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    once       BOOLEAN NOT NULL, -- it works one time; otherwise as often as somebody likes, for a demonstration
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at),
    used_at    TIMESTAMP
);
CREATE INDEX links_account ON links (account_id);

-- +goose Down
DROP TABLE links;
