-- People can be erased. What was decided stays as it was decided, but for what it says of whoever was erased: the frozen input
-- of a run, and the lines that explain a pair, can be emptied. Triggers have no common language, so this step has a file for each
-- database.

-- +goose Up
ALTER TABLE accounts ADD COLUMN erased_at TIMESTAMP; -- from then on nothing is left of its owner
DROP TRIGGER pairs_append_only ON pairs;
CREATE TRIGGER pairs_append_only BEFORE UPDATE OF id, run_id, mentee_id, mentor_id, score, mentee_rank, mentor_rank OR DELETE ON pairs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pairs_only_emptied BEFORE UPDATE ON pairs FOR EACH ROW WHEN (NEW.lines <> '[]') EXECUTE FUNCTION refuse_change();
DROP TRIGGER runs_no_update ON runs;
CREATE TRIGGER runs_no_update BEFORE UPDATE OF id, round_id, state, settings, seed, start, engine_version, settings_hash, snapshot_hash, result, pairs, score, reason, created_at, started_at, ended_at, label, figures, clash, keep_run, keep_points, time_limit ON runs
    FOR EACH ROW WHEN (OLD.state NOT IN ('queued', 'running')) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_only_emptied BEFORE UPDATE ON runs
    FOR EACH ROW WHEN (OLD.state NOT IN ('queued', 'running') AND NEW.snapshot <> '{}') EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER runs_only_emptied ON runs;
DROP TRIGGER runs_no_update ON runs;
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs FOR EACH ROW WHEN (OLD.state NOT IN ('queued', 'running')) EXECUTE FUNCTION refuse_change();
DROP TRIGGER pairs_only_emptied ON pairs;
DROP TRIGGER pairs_append_only ON pairs;
CREATE TRIGGER pairs_append_only BEFORE UPDATE OR DELETE ON pairs FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE accounts DROP COLUMN erased_at;
