-- +goose Up
-- A copy of a domain's voices follows its changes: the generation at which each profile changed last, and those that were deleted.

-- +goose StatementBegin
ALTER TABLE profile ADD COLUMN changed INTEGER NOT NULL DEFAULT 1; -- a generation of the domain
CREATE INDEX profile_by_change ON profile (domain_id, changed);

CREATE TABLE deleted_profile (
    domain_id  TEXT    NOT NULL REFERENCES domain ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    PRIMARY KEY (domain_id, generation)
) STRICT, WITHOUT ROWID;

DROP TRIGGER profile_added;
DROP TRIGGER profile_changed;
DROP TRIGGER profile_deleted;

CREATE TRIGGER profile_added AFTER INSERT ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = new.domain_id;
    UPDATE profile SET changed = d.generation FROM domain d WHERE d.id = new.domain_id AND profile.id = new.id;
END;
CREATE TRIGGER profile_changed AFTER UPDATE OF expires, sealed ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = new.domain_id;
    UPDATE profile SET changed = d.generation FROM domain d WHERE d.id = new.domain_id AND profile.id = new.id;
END;
-- Only the last 10,000 changes can be followed: see FollowVoiceprints.
CREATE TRIGGER profile_deleted AFTER DELETE ON profile BEGIN
    UPDATE domain SET generation = generation + 1 WHERE id = old.domain_id;
    INSERT INTO deleted_profile SELECT id, generation, old.id FROM domain WHERE id = old.domain_id;
    DELETE FROM deleted_profile WHERE domain_id = old.domain_id
        AND generation <= (SELECT generation - 10000 FROM domain WHERE id = old.domain_id);
END;
-- +goose StatementEnd
