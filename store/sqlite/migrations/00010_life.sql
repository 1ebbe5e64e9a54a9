-- +goose Up
-- An index for each end of a life: what has not expired is not looked at.
CREATE INDEX departed_by_time ON departed (gone);

CREATE TABLE clock ( -- what an environment.Clock must know of earlier runs
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    document TEXT    NOT NULL
) STRICT;
