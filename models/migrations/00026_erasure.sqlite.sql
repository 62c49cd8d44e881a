-- People can be erased. What was decided stays as it was decided, but for what it says of whoever was erased: the frozen input
-- of a run, and the lines that explain a pair, can be emptied. Triggers have no common language, so this step has a file for each
-- database.

-- +goose Up
ALTER TABLE accounts ADD COLUMN erased_at TIMESTAMP; -- from then on nothing is left of its owner
DROP TRIGGER pairs_no_update;
-- +goose StatementBegin
CREATE TRIGGER pairs_no_update BEFORE UPDATE OF id, run_id, mentee_id, mentor_id, score, mentee_rank, mentor_rank ON pairs
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pairs_only_emptied BEFORE UPDATE ON pairs WHEN NEW.lines <> '[]'
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd
DROP TRIGGER runs_no_update;
-- +goose StatementBegin
CREATE TRIGGER runs_no_update BEFORE UPDATE OF id, round_id, state, settings, seed, start, engine_version, settings_hash, snapshot_hash, result, pairs, score, reason, created_at, started_at, ended_at, label, figures, clash, keep_run, keep_points, time_limit ON runs
    WHEN OLD.state NOT IN ('queued', 'running')
BEGIN
    SELECT RAISE(ABORT, 'runs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER runs_only_emptied BEFORE UPDATE ON runs WHEN OLD.state NOT IN ('queued', 'running') AND NEW.snapshot <> '{}'
BEGIN
    SELECT RAISE(ABORT, 'runs is append only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER runs_only_emptied;
DROP TRIGGER runs_no_update;
-- +goose StatementBegin
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs WHEN OLD.state NOT IN ('queued', 'running')
BEGIN
    SELECT RAISE(ABORT, 'runs is append only');
END;
-- +goose StatementEnd
DROP TRIGGER pairs_only_emptied;
DROP TRIGGER pairs_no_update;
-- +goose StatementBegin
CREATE TRIGGER pairs_no_update BEFORE UPDATE ON pairs
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd
ALTER TABLE accounts DROP COLUMN erased_at;
