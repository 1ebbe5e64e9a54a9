-- +goose Up
-- Networks of hosts that have proven a password, until when (nanoseconds since 1970): they are known after a restart, too.

-- +goose StatementBegin
CREATE TABLE proof (
    network TEXT PRIMARY KEY,
    until   INTEGER NOT NULL
) STRICT;
-- +goose StatementEnd
