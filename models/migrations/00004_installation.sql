-- +goose Up

-- What belongs to the installation as a whole: one row.
CREATE TABLE installations (
    id          INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL CHECK (fingerprint <> '') -- of the secret whose keys seal what is stored here
);

-- +goose Down
DROP TABLE installations;
