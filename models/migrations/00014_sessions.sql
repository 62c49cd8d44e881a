-- +goose Up

-- Sessions can be listed, and end when they are not used. Those of before end.
DROP TABLE sessions;
CREATE TABLE sessions (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the opaque id, which only its holder has
    id         TEXT NOT NULL UNIQUE CHECK (id <> ''),                  -- by which its owner names it; opens nothing
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('browser', 'program')),
    device     TEXT NOT NULL, -- in a few words, '' when nothing is known
    network    TEXT NOT NULL, -- of the address that began it, never the address
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP NOT NULL,
    idle       BIGINT NOT NULL CHECK (idle > 0), -- nanoseconds without use after which it ends
    idle_at    TIMESTAMP NOT NULL CHECK (idle_at > created_at), -- it ends then unless it is used
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at) -- it ends then at the latest
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_idle ON sessions (idle_at);

-- Tokens by which programs get new access tokens. Each is good once; the session is their family, and ends with all of
-- them when one comes a second time.
CREATE TABLE refresh_tokens (
    id_hash      TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the token
    session_hash TEXT NOT NULL REFERENCES sessions (id_hash) ON DELETE CASCADE,
    created_at   TIMESTAMP NOT NULL,
    used_at      TIMESTAMP
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_hash);

-- +goose Down
DROP TABLE refresh_tokens;
DROP TABLE sessions;
CREATE TABLE sessions (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
