-- +goose Up

-- Keys by which programs act for an account, within scopes.
CREATE TABLE api_keys (
    id         TEXT NOT NULL PRIMARY KEY,
    key_hash   TEXT NOT NULL UNIQUE CHECK (length(key_hash) = 64), -- SHA-256 of the key, which only its holder has
    prefix     TEXT NOT NULL CHECK (prefix <> ''),                 -- the first characters of the key, to recognise it by
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT NOT NULL CHECK (name <> ''),
    scopes     TEXT NOT NULL CHECK (scopes <> ''), -- JSON
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX api_keys_account ON api_keys (account_id);

-- +goose Down
DROP TABLE api_keys;
