-- Which countries a programme serves, and of what kind a home organisation is. What was there serves all three, and is of another kind.

-- +goose Up
ALTER TABLE programmes ADD COLUMN countries TEXT NOT NULL DEFAULT 'US,CA,MX'
    CHECK (countries IN ('US', 'CA', 'MX', 'US,CA', 'US,MX', 'CA,MX', 'US,CA,MX')); -- in the order of the vocabulary
ALTER TABLE organizations ADD COLUMN kind TEXT NOT NULL DEFAULT 'other' CHECK (kind <> ''); -- of the vocabulary

-- +goose Down
ALTER TABLE organizations DROP COLUMN kind;
ALTER TABLE programmes DROP COLUMN countries;
