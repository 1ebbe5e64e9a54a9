-- +goose Up
-- What erases the voiceprints of tasks finds them by an index: those of a domain, and those that a profile was made or renewed from.
CREATE INDEX task_voiceprint_by_domain ON task (domain_id) WHERE sealed IS NOT NULL;
CREATE INDEX task_voiceprint_by_profile ON task (enrolled) WHERE sealed IS NOT NULL AND enrolled <> '';
CREATE INDEX task_voiceprint_by_renewal ON task (renewed) WHERE sealed IS NOT NULL AND renewed <> '';
