-- +goose Up

-- What somebody wrote in her own words, to be compared in meaning with what others wrote: there only while she agrees.
CREATE TABLE own_words (
    profile_id  TEXT NOT NULL PRIMARY KEY REFERENCES profiles (id) ON DELETE CASCADE,
    words       TEXT NOT NULL CHECK (words <> ''),
    model       TEXT NOT NULL, -- that was asked for the vector last; '' before one was
    vector      TEXT NOT NULL, -- base64, a number a byte; '' where there is none
    created_at  TIMESTAMP NOT NULL,
    embedded_at TIMESTAMP,
    CONSTRAINT own_words_vector CHECK (vector = '' OR model <> '')
);
CREATE INDEX own_words_model ON own_words (model, created_at);

-- One purpose more. SQLite cannot change a check, so the table is made anew.
CREATE TABLE consents_new (
    id           TEXT NOT NULL PRIMARY KEY,
    profile_id   TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    purpose      TEXT NOT NULL CHECK (purpose IN ('matching', 'fairness_audit', 'outcome_reporting', 'similarity')),
    text_version TEXT NOT NULL CHECK (text_version <> ''),
    lang         TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    given_at     TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP CHECK (withdrawn_at >= given_at)
);
INSERT INTO consents_new SELECT id, profile_id, purpose, text_version, lang, given_at, withdrawn_at FROM consents;
DROP TABLE consents;
ALTER TABLE consents_new RENAME TO consents;
CREATE UNIQUE INDEX consents_open ON consents (profile_id, purpose) WHERE withdrawn_at IS NULL;

-- +goose Down
DROP TABLE own_words;
CREATE TABLE consents_old (
    id           TEXT NOT NULL PRIMARY KEY,
    profile_id   TEXT NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    purpose      TEXT NOT NULL CHECK (purpose IN ('matching', 'fairness_audit', 'outcome_reporting')),
    text_version TEXT NOT NULL CHECK (text_version <> ''),
    lang         TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    given_at     TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP CHECK (withdrawn_at >= given_at)
);
INSERT INTO consents_old SELECT id, profile_id, purpose, text_version, lang, given_at, withdrawn_at FROM consents WHERE purpose <> 'similarity';
DROP TABLE consents;
ALTER TABLE consents_old RENAME TO consents;
CREATE UNIQUE INDEX consents_open ON consents (profile_id, purpose) WHERE withdrawn_at IS NULL;
