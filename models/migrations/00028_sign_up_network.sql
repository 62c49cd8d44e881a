-- Which network's throttle gets a mail back when its sign-up is confirmed: a keyed hash, which names nobody. '' for none.

-- +goose Up
ALTER TABLE sign_ups ADD COLUMN network TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE sign_ups DROP COLUMN network;
