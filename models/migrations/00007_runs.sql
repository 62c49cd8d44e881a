-- Several runs of one round stand side by side: each has a label, figures to compare by, and, where no plan keeps the
-- rules, which of them clash. Runs of a round wait for one another in the queue.

-- +goose Up
ALTER TABLE runs ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN figures TEXT NOT NULL DEFAULT ''; -- JSON; '' without a result, and of runs from before this step
ALTER TABLE runs ADD COLUMN clash TEXT NOT NULL DEFAULT ''; -- JSON; '' unless infeasible
DROP INDEX runs_at_work;

-- +goose Down
CREATE UNIQUE INDEX runs_at_work ON runs (round_id) WHERE state IN ('queued', 'running');
ALTER TABLE runs DROP COLUMN clash;
ALTER TABLE runs DROP COLUMN figures;
ALTER TABLE runs DROP COLUMN label;
