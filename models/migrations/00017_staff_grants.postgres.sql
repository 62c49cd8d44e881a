-- Staff of before there were grants did everything in every programme. Random ids and the clock have no common
-- language, so this step has a file for each database.

-- +goose Up
INSERT INTO grants (id, account_id, role, programme_id, granted_at)
SELECT gen_random_uuid()::text, a.id, 'manager', p.id, date_trunc('milliseconds', now() AT TIME ZONE 'UTC')
FROM accounts a CROSS JOIN programmes p WHERE a.role = 'staff';

-- +goose Down
DELETE FROM grants;
