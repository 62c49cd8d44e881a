-- +goose Up

-- When the address of an account was proven to be its owner's. Until then staff see nothing of the account.
ALTER TABLE accounts ADD COLUMN verified_at TIMESTAMP;
-- Whether somebody takes part on both sides; the role is then the side that the pages begin with.
ALTER TABLE accounts ADD COLUMN both_sides BOOLEAN NOT NULL DEFAULT FALSE;

-- Those whom staff have looked at, and staff, stay in.
UPDATE accounts SET verified_at = created_at WHERE role IN ('staff', 'admin')
    OR EXISTS (SELECT 1 FROM profiles p WHERE p.account_id = accounts.id AND p.state NOT IN ('draft', 'submitted'));

-- Who signed up and has not proven the address yet. An account is made when that is done, so that a program that signs
-- up a thousand addresses makes none.
CREATE TABLE sign_ups (
    email_key     TEXT NOT NULL PRIMARY KEY CHECK (email_key <> ''), -- a newer one of an address takes the place of an older one
    email         TEXT NOT NULL CHECK (email <> ''),
    role          TEXT NOT NULL CHECK (role IN ('entrepreneur', 'mentor')),
    both_sides    BOOLEAN NOT NULL,
    lang          TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    password_hash TEXT NOT NULL CHECK (password_hash <> ''), -- holds only on the browser that signed up: the owner of the address may be somebody else
    browser       TEXT NOT NULL, -- SHA-256 of what that browser keeps, '' for a program
    name          TEXT NOT NULL,
    organization  TEXT NOT NULL,
    country       TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL
);
CREATE INDEX sign_ups_created ON sign_ups (created_at);

-- Links have a purpose now. Those of before end.
DROP TABLE links;
CREATE TABLE links (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the opaque id, which only the link has
    slot       TEXT NOT NULL UNIQUE CHECK (slot <> ''), -- purpose and owner: a newer link takes the place of an older one
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify', 'sign_in', 'reset', 'invite', 'email', 'demo')),
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE, -- none before there is an account
    email      TEXT NOT NULL, -- the address that the link proves; '' when that is the account's
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at),
    used_at    TIMESTAMP,
    CONSTRAINT links_owner CHECK ((purpose = 'verify') = (account_id IS NULL) AND (purpose IN ('verify', 'email')) = (email <> ''))
);
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expiry ON links (expires_at);

-- +goose Down
DROP TABLE links;
CREATE TABLE links (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    once       BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at),
    used_at    TIMESTAMP
);
CREATE INDEX links_account ON links (account_id);
DROP TABLE sign_ups;
ALTER TABLE accounts DROP COLUMN both_sides;
ALTER TABLE accounts DROP COLUMN verified_at;
