-- What was decided stays as it was decided: these rows are added, never changed. Triggers have no common language,
-- so this step has a file for each database.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pairs_no_update BEFORE UPDATE ON pairs
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pairs_no_delete BEFORE DELETE ON pairs
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs WHEN OLD.state NOT IN ('queued', 'running')
BEGIN
    SELECT RAISE(ABORT, 'runs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs
BEGIN
    SELECT RAISE(ABORT, 'runs is append only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER pairs_with_their_run BEFORE INSERT ON pairs WHEN (SELECT state FROM runs WHERE id = NEW.run_id) NOT IN ('queued', 'running')
BEGIN
    SELECT RAISE(ABORT, 'pairs is append only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER audit_log_no_update;
DROP TRIGGER audit_log_no_delete;
DROP TRIGGER pairs_no_update;
DROP TRIGGER pairs_no_delete;
DROP TRIGGER runs_no_update;
DROP TRIGGER runs_no_delete;
DROP TRIGGER pairs_with_their_run;
