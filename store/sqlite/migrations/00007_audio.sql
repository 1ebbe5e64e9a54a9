-- +goose Up
-- Audio that voiceprints were made from, if the operator has it kept: sealed, each for the row that it belongs to, and erased with the
-- voiceprint of that row.

-- +goose StatementBegin
CREATE TABLE audio (
    name   TEXT PRIMARY KEY, -- task <id> or profile <id>
    sealed BLOB NOT NULL
) STRICT;

CREATE TRIGGER profile_audio_departs AFTER DELETE ON profile BEGIN
    DELETE FROM audio WHERE name = 'profile ' || old.id;
END;
CREATE TRIGGER profile_audio_erased AFTER UPDATE OF sealed ON profile WHEN new.sealed IS NULL BEGIN
    DELETE FROM audio WHERE name = 'profile ' || old.id;
END;
CREATE TRIGGER task_audio_departs AFTER DELETE ON task BEGIN
    DELETE FROM audio WHERE name = 'task ' || old.id;
END;
CREATE TRIGGER task_audio_erased AFTER UPDATE OF sealed ON task WHEN new.sealed IS NULL BEGIN
    DELETE FROM audio WHERE name = 'task ' || old.id;
END;
-- +goose StatementEnd
