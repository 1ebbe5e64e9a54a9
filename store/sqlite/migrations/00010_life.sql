-- +goose Up
-- An index for each end of a life: what has not expired is not looked at.
CREATE INDEX departed_by_time ON departed (gone);
