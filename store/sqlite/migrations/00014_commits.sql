-- +goose Up
-- The number of transactions, which the file beside the database is compared with: see mark.go.

-- +goose StatementBegin
CREATE TABLE commits (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    n    INTEGER NOT NULL
) STRICT;
INSERT INTO commits VALUES (1, 0);
-- +goose StatementEnd
