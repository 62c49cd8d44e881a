-- +goose Up

-- What the program writes to people. A mail is stored in the transaction of what it tells of, and sent afterwards.
CREATE TABLE mails (
    id         TEXT NOT NULL PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE, -- none when the address has no account
    kind       TEXT NOT NULL CHECK (kind <> ''),
    lang       TEXT NOT NULL CHECK (lang IN ('en', 'es', 'fr')),
    address    TEXT NOT NULL CHECK (address <> ''),
    content    TEXT CHECK (content LIKE 'sealed1:%'), -- subject and text with their link; erased once the mail was sent or is of no use
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'kept', 'failed')),
    attempts   INTEGER NOT NULL CHECK (attempts >= 0),
    problem    TEXT NOT NULL, -- why the last attempt failed, '' when it did not
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL CHECK (expires_at > created_at), -- from then on it is of no use
    sent_at    TIMESTAMP,
    CONSTRAINT mails_erased CHECK (state <> 'sent' OR (content IS NULL AND sent_at IS NOT NULL))
);
CREATE INDEX mails_created ON mails (created_at);
CREATE INDEX mails_account ON mails (account_id);

-- +goose Down
DROP TABLE mails;
