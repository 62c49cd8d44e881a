-- One file for both databases: ids and JSON are TEXT, instants are TIMESTAMP in UTC microseconds, 64-bit numbers are BIGINT.
-- A rule that the data must obey is a constraint here, not only code.

-- +goose Up
CREATE TABLE organizations (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    country    TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE accounts (
    id              TEXT NOT NULL PRIMARY KEY,
    email           TEXT NOT NULL CHECK (email <> ''),
    email_key       TEXT NOT NULL UNIQUE CHECK (email_key <> ''), -- normalised: one person, one account
    role            TEXT NOT NULL CHECK (role IN ('entrepreneur', 'mentor', 'staff', 'admin')),
    lang            TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    password_hash   TEXT NOT NULL, -- '' when the account signs in without a password
    organization_id TEXT REFERENCES organizations (id),
    version         INTEGER NOT NULL CHECK (version > 0),
    created_at      TIMESTAMP NOT NULL,
    updated_at      TIMESTAMP NOT NULL
);

CREATE TABLE sessions (
    id_hash    TEXT NOT NULL PRIMARY KEY CHECK (length(id_hash) = 64), -- SHA-256 of the opaque id, which only the browser has
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at)
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE programmes (
    id           TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE CHECK (name <> ''),
    locale       TEXT NOT NULL CHECK (locale IN ('en', 'es', 'fr')),
    demographics TEXT NOT NULL CHECK (demographics IN ('off', 'audit_only', 'mentee_preference', 'eligibility')),
    settings     TEXT NOT NULL, -- JSON, see docs/settings.schema.json
    version      INTEGER NOT NULL CHECK (version > 0),
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL
);

CREATE TABLE profiles (
    id              TEXT NOT NULL PRIMARY KEY,
    programme_id    TEXT NOT NULL REFERENCES programmes (id),
    account_id      TEXT REFERENCES accounts (id),
    organization_id TEXT REFERENCES organizations (id), -- the home organisation
    state           TEXT NOT NULL CHECK (state IN
        ('draft', 'submitted', 'more_info', 'approved', 'waiting', 'paused', 'frozen', 'withdrawn', 'blocked', 'referred')),
    role            TEXT NOT NULL CHECK (role IN ('mentor', 'mentee')),
    code            TEXT NOT NULL CHECK (code <> ''), -- the id of people files and rounds
    name            TEXT NOT NULL,
    country         TEXT NOT NULL,
    region          TEXT NOT NULL,
    time_zone       TEXT NOT NULL,
    languages       TEXT NOT NULL, -- lists are JSON, '' when not given
    sectors         TEXT NOT NULL,
    slots           TEXT NOT NULL,
    cadence         TEXT NOT NULL,
    formats         TEXT NOT NULL,
    organization    TEXT NOT NULL, -- as the person wrote it, for conflicts of interest
    conflicts       TEXT NOT NULL,
    wishes          TEXT NOT NULL,
    targets         TEXT NOT NULL,
    needs           TEXT NOT NULL,
    stage           TEXT NOT NULL,
    min_overlap     INTEGER NOT NULL CHECK (min_overlap BETWEEN 0 AND 10080),
    expertise       TEXT NOT NULL,
    markets         TEXT NOT NULL,
    stages          TEXT NOT NULL,
    capacity        INTEGER NOT NULL CHECK (capacity BETWEEN 0 AND 6),
    used            INTEGER NOT NULL,
    paused          BOOLEAN NOT NULL,
    reliability     INTEGER NOT NULL CHECK (reliability BETWEEN -1 AND 1000000),
    synthetic       BOOLEAN NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    created_at      TIMESTAMP NOT NULL,
    updated_at      TIMESTAMP NOT NULL,
    UNIQUE (programme_id, code),
    UNIQUE (programme_id, account_id, role),
    CONSTRAINT profiles_places CHECK (used >= 0 AND used <= capacity)
);
CREATE INDEX profiles_account ON profiles (account_id);

-- The key of one profile's sealed answers, itself sealed. Deleting it makes the answers unreadable, in old copies too.
CREATE TABLE profile_keys (
    profile_id TEXT NOT NULL PRIMARY KEY REFERENCES profiles (id) ON DELETE CASCADE,
    sealed_key TEXT NOT NULL CHECK (sealed_key LIKE 'sealed1:%'),
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE consents (
    id           TEXT NOT NULL PRIMARY KEY,
    profile_id   TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    purpose      TEXT NOT NULL CHECK (purpose IN ('matching', 'fairness_audit', 'outcome_reporting')),
    text_version TEXT NOT NULL CHECK (text_version <> ''),
    lang         TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    given_at     TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP CHECK (withdrawn_at >= given_at)
);
CREATE UNIQUE INDEX consents_open ON consents (profile_id, purpose) WHERE withdrawn_at IS NULL;

CREATE TABLE ownership_answers (
    id         TEXT NOT NULL PRIMARY KEY,
    profile_id TEXT NOT NULL REFERENCES profile_keys (profile_id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('matching', 'fairness_audit', 'outcome_reporting')),
    question   TEXT NOT NULL CHECK (question <> ''),
    answer     TEXT NOT NULL CHECK (answer LIKE 'sealed1:%'),
    created_at TIMESTAMP NOT NULL,
    UNIQUE (profile_id, purpose, question)
);

CREATE TABLE rounds (
    id           TEXT NOT NULL PRIMARY KEY,
    programme_id TEXT NOT NULL REFERENCES programmes (id),
    name         TEXT NOT NULL CHECK (name <> ''),
    state        TEXT NOT NULL CHECK (state IN
        ('draft', 'open', 'closed', 'solving', 'proposed', 'in_review', 'published', 'settled', 'archived', 'infeasible', 'failed', 'cancelled', 'unpublished')),
    settings     TEXT NOT NULL, -- JSON
    seed         BIGINT NOT NULL CHECK (seed >= 0),
    start        TEXT NOT NULL CHECK (length(start) = 10), -- YYYY-MM-DD
    version      INTEGER NOT NULL CHECK (version > 0),
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL,
    UNIQUE (programme_id, name)
);

CREATE TABLE runs (
    id             TEXT NOT NULL PRIMARY KEY,
    round_id       TEXT NOT NULL REFERENCES rounds (id),
    state          TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'infeasible', 'failed', 'cancelled')),
    settings       TEXT NOT NULL, -- JSON, frozen when the run was asked for
    seed           BIGINT NOT NULL CHECK (seed >= 0),
    start          TEXT NOT NULL CHECK (length(start) = 10),
    engine_version TEXT NOT NULL,
    settings_hash  TEXT NOT NULL,
    snapshot_hash  TEXT NOT NULL,
    snapshot       TEXT NOT NULL, -- the frozen input, JSON; with it the run can be made again
    result         TEXT NOT NULL, -- round.json with its certificate, byte for byte
    pairs          INTEGER NOT NULL CHECK (pairs >= 0),
    score          BIGINT NOT NULL,
    reason         TEXT NOT NULL, -- message key of what went wrong
    created_at     TIMESTAMP NOT NULL,
    started_at     TIMESTAMP,
    ended_at       TIMESTAMP,
    CONSTRAINT runs_whole CHECK ((state = 'finished') = (result <> '')
        AND (state <> 'finished' OR (engine_version <> '' AND settings_hash <> '' AND snapshot_hash <> '' AND snapshot <> '' AND ended_at IS NOT NULL)))
);
CREATE INDEX runs_round ON runs (round_id);
CREATE UNIQUE INDEX runs_at_work ON runs (round_id) WHERE state IN ('queued', 'running');

ALTER TABLE rounds ADD COLUMN chosen_run TEXT REFERENCES runs (id);

CREATE TABLE pairs (
    id          TEXT NOT NULL PRIMARY KEY,
    run_id      TEXT NOT NULL REFERENCES runs (id),
    mentee_id   TEXT NOT NULL REFERENCES profiles (id),
    mentor_id   TEXT NOT NULL REFERENCES profiles (id),
    score       BIGINT NOT NULL,
    mentee_rank INTEGER NOT NULL CHECK (mentee_rank > 0), -- where the mentor stands for the mentee
    mentor_rank INTEGER NOT NULL CHECK (mentor_rank > 0),
    lines       TEXT NOT NULL, -- JSON: the explanation as keys and arguments
    UNIQUE (run_id, mentee_id),
    CHECK (mentee_id <> mentor_id)
);
CREATE INDEX pairs_mentee ON pairs (mentee_id);
CREATE INDEX pairs_mentor ON pairs (mentor_id);

CREATE TABLE offers (
    id         TEXT NOT NULL PRIMARY KEY,
    round_id   TEXT NOT NULL REFERENCES rounds (id),
    pair_id    TEXT NOT NULL UNIQUE REFERENCES pairs (id),
    mentee_id  TEXT NOT NULL REFERENCES profiles (id),
    mentor_id  TEXT NOT NULL REFERENCES profiles (id),
    state      TEXT NOT NULL CHECK (state IN
        ('proposed', 'offered', 'accepted_by_mentee', 'accepted_by_mentor', 'active', 'declined', 'expired', 'superseded')),
    reason     TEXT NOT NULL CHECK (reason IN ('', 'too_busy', 'not_my_field', 'conflict', 'language', 'other')),
    expires_at TIMESTAMP NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX offers_one_active ON offers (round_id, mentee_id) WHERE state = 'active';
CREATE INDEX offers_mentee ON offers (mentee_id);
CREATE INDEX offers_mentor ON offers (mentor_id);

CREATE TABLE audit_log (
    id         TEXT NOT NULL PRIMARY KEY,
    at         TIMESTAMP NOT NULL,
    actor_id   TEXT, -- the account; none when the program acted by itself
    action     TEXT NOT NULL CHECK (action <> ''),
    subject    TEXT NOT NULL CHECK (subject <> ''), -- table of the row
    subject_id TEXT NOT NULL CHECK (subject_id <> ''),
    details    TEXT NOT NULL -- JSON without personal values
);
CREATE INDEX audit_log_subject ON audit_log (subject, subject_id);

-- +goose Down
DROP TABLE audit_log;
DROP TABLE offers;
DROP TABLE pairs;
ALTER TABLE rounds DROP COLUMN chosen_run;
DROP TABLE runs;
DROP TABLE rounds;
DROP TABLE ownership_answers;
DROP TABLE consents;
DROP TABLE profile_keys;
DROP TABLE profiles;
DROP TABLE programmes;
DROP TABLE sessions;
DROP TABLE accounts;
DROP TABLE organizations;
