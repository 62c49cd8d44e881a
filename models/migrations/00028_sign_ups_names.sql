-- +goose Up

-- Which network's throttle gets a mail back when its sign-up is confirmed: a keyed hash, which names nobody. '' for none.
ALTER TABLE sign_ups ADD COLUMN network TEXT NOT NULL DEFAULT '';

-- Two home organisations of a country have not the same name, or nobody could tell them apart. Of those that have, the
-- oldest keeps it; the others get a part of their id behind theirs, and an administrator gives them a better one.
UPDATE organizations SET name = name || ' (' || substr(id, 25) || ')', version = version + 1
    WHERE id > (SELECT min(o.id) FROM organizations o WHERE o.country = organizations.country AND o.name = organizations.name);
CREATE UNIQUE INDEX organizations_name ON organizations (country, name);

-- +goose Down
DROP INDEX organizations_name;
ALTER TABLE sign_ups DROP COLUMN network;
