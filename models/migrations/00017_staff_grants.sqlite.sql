-- Staff of before there were grants did everything in every programme. Random ids and the clock have no common
-- language, so this step has a file for each database.

-- +goose Up
INSERT INTO grants (id, account_id, role, programme_id, granted_at)
SELECT lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12)),
    account_id, 'manager', programme_id, strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00'
FROM (SELECT a.id AS account_id, p.id AS programme_id, hex(randomblob(16)) AS h FROM accounts a CROSS JOIN programmes p WHERE a.role = 'staff' LIMIT -1);

-- +goose Down
DELETE FROM grants;
