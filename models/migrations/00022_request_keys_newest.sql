-- Of requests without an account only the newest keys of a network are kept: the oldest of them are found by this index.
-- +goose Up
CREATE INDEX request_keys_newest ON request_keys (actor, created_at);

-- +goose Down
DROP INDEX request_keys_newest;
