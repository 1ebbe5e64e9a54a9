-- +goose Up
ALTER TABLE outbox ADD COLUMN role TEXT NOT NULL DEFAULT ''; -- ARN of the role to assume for the target; empty: none
