-- +goose Up
-- The call that a notice tells of, which is its trace: empty for those that were posted before.
ALTER TABLE outbox ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
ALTER TABLE dead_letter ADD COLUMN transaction_id TEXT NOT NULL DEFAULT '';
