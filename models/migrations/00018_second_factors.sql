-- +goose Up

-- Since when signing in to an account asks for a second factor; none while it does not.
ALTER TABLE accounts ADD COLUMN factor_at TIMESTAMP;

-- The apps that show codes for accounts, RFC 6238.
CREATE TABLE factors (
    account_id   TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    secret       TEXT NOT NULL CHECK (secret LIKE 'sealed1:%'),
    step         BIGINT NOT NULL CHECK (step >= 0), -- the newest whose code was taken: each is good once
    created_at   TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP -- none until a code has shown that the app has the secret
);

-- Codes for those who have lost their other second factors, each good once.
CREATE TABLE recovery_codes (
    code_hash  TEXT NOT NULL PRIMARY KEY CHECK (length(code_hash) = 64), -- SHA-256 of the code, of 120 random bits
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);

-- Browsers that have shown a first factor, and not the second one yet. They stand apart from the sessions, so that nothing
-- that looks for a session can find one of them.
CREATE TABLE half_sessions (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the opaque id, which only its holder has
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX half_sessions_account ON half_sessions (account_id);
CREATE INDEX half_sessions_expiry ON half_sessions (expires_at);

-- +goose Down
DROP TABLE half_sessions;
DROP TABLE recovery_codes;
DROP TABLE factors;
ALTER TABLE accounts DROP COLUMN factor_at;
