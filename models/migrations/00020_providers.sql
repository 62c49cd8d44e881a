-- +goose Up

-- Providers of OpenID Connect by which people of an organisation sign in. An issuer is there once.
CREATE TABLE providers (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    issuer          TEXT NOT NULL UNIQUE CHECK (issuer <> ''),
    client_id       TEXT NOT NULL CHECK (client_id <> ''),
    client_secret   TEXT NOT NULL CHECK (client_secret LIKE 'sealed1:%'),
    label           TEXT NOT NULL CHECK (label <> ''), -- what the button says after "Sign in with"
    enabled         BOOLEAN NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    created_at      TIMESTAMP NOT NULL,
    updated_at      TIMESTAMP NOT NULL
);
CREATE INDEX providers_organization ON providers (organization_id);

-- Who somebody is at a provider. Nothing but issuer and subject names an account.
CREATE TABLE identities (
    id          TEXT NOT NULL PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider_id TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    issuer      TEXT NOT NULL CHECK (issuer <> ''),
    subject     TEXT NOT NULL CHECK (subject <> ''),
    created_at  TIMESTAMP NOT NULL,
    used_at     TIMESTAMP,
    CONSTRAINT identities_subject UNIQUE (issuer, subject),
    CONSTRAINT identities_provider UNIQUE (account_id, provider_id)
);
CREATE INDEX identities_of_provider ON identities (provider_id);

-- Ways to a provider and back that are under way. A row is deleted by the first answer that fits it. One with a subject
-- has come back with somebody whom nobody here knows, and waits for the form of signing up.
CREATE TABLE flows (
    state_hash   TEXT NOT NULL PRIMARY KEY CHECK (length(state_hash) = 64),   -- SHA-256 of the state, which only the browser and the provider have
    browser_hash TEXT NOT NULL CHECK (length(browser_hash) = 64),             -- SHA-256 of the browser's cookie
    provider_id  TEXT NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    session_hash TEXT REFERENCES sessions (id_hash) ON DELETE CASCADE,        -- of whoever wants to link; none to sign in
    lang         TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    next         TEXT NOT NULL, -- page to go to, '' for the first one
    subject      TEXT NOT NULL,
    email        TEXT NOT NULL, -- that the provider has verified
    created_at   TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL CHECK (expires_at > created_at),
    CONSTRAINT flows_proven CHECK ((subject = '') = (email = '') AND (subject = '' OR session_hash IS NULL))
);
CREATE INDEX flows_expiry ON flows (expires_at);
CREATE INDEX flows_provider ON flows (provider_id);
CREATE INDEX flows_session ON flows (session_hash);

-- Who signs up by a provider gets the identity with the account, on the browser that signed up.
ALTER TABLE sign_ups ADD COLUMN provider_id TEXT REFERENCES providers (id) ON DELETE SET NULL;
ALTER TABLE sign_ups ADD COLUMN subject TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sign_ups DROP COLUMN subject;
ALTER TABLE sign_ups DROP COLUMN provider_id;
DROP TABLE flows;
DROP TABLE identities;
DROP TABLE providers;
