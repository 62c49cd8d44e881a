-- +goose Up

-- Passkeys: keys of a person's own devices that sign in (WebAuthn). What is stored of them is public.
CREATE TABLE passkeys (
    id         TEXT NOT NULL PRIMARY KEY,
    key_id     TEXT NOT NULL UNIQUE CHECK (key_id <> ''), -- by which the device names it, in base64url
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name       TEXT NOT NULL CHECK (name <> ''),
    credential TEXT NOT NULL CHECK (credential <> ''), -- JSON: the public key, and what the device said when it was made
    counter    BIGINT NOT NULL CHECK (counter >= 0), -- how often the device has used it, 0 if it does not count
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP
);
CREATE INDEX passkeys_account ON passkeys (account_id);

-- What a browser was asked to sign with a passkey, once and soon.
CREATE TABLE passkey_challenges (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of what only the browser has
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,        -- who gets another passkey; none to sign in
    name       TEXT NOT NULL, -- of the passkey that is to be made
    session    TEXT NOT NULL CHECK (session <> ''), -- JSON: the challenge, and what was asked for with it
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);

-- +goose Down
DROP TABLE passkey_challenges;
DROP TABLE passkeys;
