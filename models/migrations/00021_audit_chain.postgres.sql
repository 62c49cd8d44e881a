-- The audit log as a chain: each link holds a hash over the one before and its entry, and the head knows the last one. Triggers have
-- no common language, so this step has a file for each database. Entries of before are linked by the program, see Migrate.

-- +goose Up
CREATE TABLE audit_chain (
    seq      BIGINT NOT NULL PRIMARY KEY CHECK (seq > 0),
    entry_id TEXT NOT NULL UNIQUE REFERENCES audit_log (id),
    hash     TEXT NOT NULL CHECK (length(hash) = 64)
);
CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');
CREATE TRIGGER audit_chain_append_only BEFORE UPDATE OR DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_chain_no_truncate BEFORE TRUNCATE ON audit_chain EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_grows BEFORE UPDATE ON audit_head FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit_chain;
