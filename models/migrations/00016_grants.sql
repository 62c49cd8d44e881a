-- +goose Up

-- What staff may do, one row for each programme or home organisation. A grant is ended, not deleted, so that it stays
-- known who could see what.
CREATE TABLE grants (
    id              TEXT NOT NULL PRIMARY KEY,
    account_id      TEXT NOT NULL REFERENCES accounts (id),
    role            TEXT NOT NULL CHECK (role IN ('reviewer', 'manager', 'auditor')),
    programme_id    TEXT REFERENCES programmes (id),
    organization_id TEXT REFERENCES organizations (id),
    granted_by      TEXT, -- the account; none when the program acted by itself
    granted_at      TIMESTAMP NOT NULL,
    ended_by        TEXT,
    ended_at        TIMESTAMP CHECK (ended_at >= granted_at),
    CONSTRAINT grants_where CHECK ((role = 'reviewer') = (organization_id IS NOT NULL) AND (role = 'reviewer') = (programme_id IS NULL))
);
CREATE UNIQUE INDEX grants_open ON grants (account_id, role, coalesce(programme_id, organization_id)) WHERE ended_at IS NULL;

ALTER TABLE accounts ADD COLUMN disabled_at TIMESTAMP; -- from then on the account may do nothing
ALTER TABLE organizations ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0);
CREATE INDEX profiles_organization ON profiles (organization_id);

-- +goose Down
DROP INDEX profiles_organization;
ALTER TABLE organizations DROP COLUMN version;
ALTER TABLE accounts DROP COLUMN disabled_at;
DROP TABLE grants;
