-- What was decided stays as it was decided: these rows are added, never changed. Triggers have no common language,
-- so this step has a file for each database.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION refuse_late_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM runs WHERE id = NEW.run_id) NOT IN ('queued', 'running') THEN
        RAISE EXCEPTION 'pairs is append only' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pairs_append_only BEFORE UPDATE OR DELETE ON pairs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pairs_with_their_run BEFORE INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION refuse_late_pair();
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs FOR EACH ROW WHEN (OLD.state NOT IN ('queued', 'running')) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER audit_log_append_only ON audit_log;
DROP TRIGGER audit_log_no_truncate ON audit_log;
DROP TRIGGER pairs_append_only ON pairs;
DROP TRIGGER pairs_with_their_run ON pairs;
DROP TRIGGER runs_no_update ON runs;
DROP TRIGGER runs_no_delete ON runs;
DROP FUNCTION refuse_change();
DROP FUNCTION refuse_late_pair();
