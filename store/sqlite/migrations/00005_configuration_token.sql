-- +goose Up
CREATE INDEX configuration_by_token ON configuration (document ->> '$.Token');
