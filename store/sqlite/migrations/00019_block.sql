-- +goose Up
-- The voiceprints of a domain once more, many sealed together, for whoever reads all of them. A block has those whose last change was at one
-- of its generations: what changes leaves its block, which goes with it, and is in none until it is packed again.

-- +goose StatementBegin
-- No two profiles of a domain change at one generation, but those from before changes were noted have the first.
UPDATE profile SET changed = n FROM (
    SELECT id AS first, row_number() OVER (PARTITION BY domain_id ORDER BY created, id) AS n FROM profile WHERE changed = 1
) WHERE id = first AND n > 1;

CREATE TABLE block (
    domain_id TEXT    NOT NULL REFERENCES domain ON DELETE CASCADE,
    first     INTEGER NOT NULL, -- generation
    last      INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (domain_id, first, last)
) STRICT;

CREATE TRIGGER profile_leaves_block AFTER UPDATE OF expires, sealed ON profile BEGIN
    DELETE FROM block WHERE last >= old.changed AND rowid = (
        SELECT rowid FROM block WHERE domain_id = old.domain_id AND first <= old.changed ORDER BY first DESC LIMIT 1);
END;
CREATE TRIGGER profile_departs_from_block AFTER DELETE ON profile BEGIN
    DELETE FROM block WHERE last >= old.changed AND rowid = (
        SELECT rowid FROM block WHERE domain_id = old.domain_id AND first <= old.changed ORDER BY first DESC LIMIT 1);
END;
-- +goose StatementEnd
