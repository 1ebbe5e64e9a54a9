-- +goose Up
-- The numbers of events that have been reserved. One that was reserved before a restart is not used after it.

-- +goose StatementBegin
CREATE TABLE sequence (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO sequence VALUES (1, 0);
-- +goose StatementEnd
