-- +goose Up

-- Requests that their clients may send again (Idempotency-Key), with the answers that they got.
CREATE TABLE request_keys (
    actor         TEXT NOT NULL CHECK (actor <> ''),             -- an account, or a keyed hash of where a request without one came from
    key_hash      TEXT NOT NULL CHECK (length(key_hash) = 64),   -- keyed: a client's key may be a secret
    request_hash  TEXT NOT NULL CHECK (length(request_hash) = 64), -- keyed: of method, address, condition and body
    claim         TEXT NOT NULL CHECK (claim <> ''),             -- of the attempt that is at it, or was
    claimed_until TIMESTAMP NOT NULL,                            -- then another attempt may take over
    status        INTEGER NOT NULL CHECK (status = 0 OR status BETWEEN 200 AND 499), -- 0 until there is an answer
    answer        TEXT NOT NULL CHECK ((status = 0 AND answer = '') OR (status > 0 AND answer LIKE 'sealed1:%')),
    created_at    TIMESTAMP NOT NULL,
    expires_at    TIMESTAMP NOT NULL CHECK (expires_at > created_at),
    PRIMARY KEY (actor, key_hash)
);
CREATE INDEX request_keys_expiry ON request_keys (expires_at);

-- +goose Down
DROP TABLE request_keys;
