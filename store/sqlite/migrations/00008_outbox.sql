-- +goose Up
-- The outbox by target. next_try marks the head of a lane, which is a key and target; a trigger passes it on when the head is removed,
-- whoever removes it. What each target has is counted as it comes and goes: nothing is found or counted by looking at all that waits.

-- +goose StatementBegin
ALTER TABLE outbox ADD COLUMN role TEXT NOT NULL DEFAULT ''; -- ARN of the role to assume for the target; empty: none
ALTER TABLE outbox ADD COLUMN yield INTEGER NOT NULL DEFAULT 0; -- timbre.Yield
ALTER TABLE outbox ADD COLUMN waited INTEGER NOT NULL DEFAULT 0; -- between its attempts, in nanoseconds
ALTER TABLE outbox ADD COLUMN began INTEGER NOT NULL DEFAULT 0; -- outbox_target.waited when it was posted
DROP INDEX outbox_next;
CREATE INDEX outbox_of_target ON outbox (target); -- in the order of seq
CREATE INDEX outbox_first ON outbox (target, seq, key) WHERE next_try IS NOT NULL AND tries = 0;
CREATE INDEX outbox_again ON outbox (target, next_try, key) WHERE next_try IS NOT NULL AND tries > 0;
CREATE INDEX outbox_yield ON outbox (yield) WHERE yield > 0;

CREATE TABLE dead_letter (
    seq     INTEGER PRIMARY KEY, -- that of the outbox
    id      TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    target  TEXT    NOT NULL,
    role    TEXT    NOT NULL,
    payload BLOB    NOT NULL,
    yield   INTEGER NOT NULL,
    created INTEGER NOT NULL,
    tries   INTEGER NOT NULL,
    cause   TEXT    NOT NULL,
    reason  TEXT    NOT NULL, -- why the last try failed
    died    INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letter_of_target ON dead_letter (target);
CREATE INDEX dead_letter_of_key ON dead_letter (key);
CREATE INDEX dead_letter_by_death ON dead_letter (died);
CREATE INDEX dead_letter_yield ON dead_letter (yield) WHERE yield > 0;

CREATE TABLE outbox_target (
    target  TEXT    PRIMARY KEY,
    waiting INTEGER NOT NULL,
    dead    INTEGER NOT NULL DEFAULT 0,
    bytes   INTEGER NOT NULL, -- of both: payloads, and 512 a row for the rest
    waited  INTEGER NOT NULL DEFAULT 0 -- while nothing was sent to the target because it had failed, in nanoseconds
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_target (target, waiting, bytes) SELECT target, count(*), sum(length(payload) + 512) FROM outbox GROUP BY target;

CREATE TRIGGER outbox_counted AFTER INSERT ON outbox BEGIN
    INSERT INTO outbox_target (target, waiting, bytes) VALUES (new.target, 1, length(new.payload) + 512)
        ON CONFLICT (target) DO UPDATE SET waiting = waiting + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER outbox_uncounted AFTER DELETE ON outbox BEGIN
    UPDATE outbox_target SET waiting = waiting - 1, bytes = bytes - length(old.payload) - 512 WHERE target = old.target;
END;
CREATE TRIGGER outbox_next AFTER DELETE ON outbox WHEN old.next_try IS NOT NULL BEGIN
    UPDATE outbox SET next_try = created WHERE seq = (SELECT min(seq) FROM outbox WHERE key = old.key AND target = old.target);
END;
CREATE TRIGGER dead_letter_counted AFTER INSERT ON dead_letter BEGIN
    INSERT INTO outbox_target (target, waiting, dead, bytes) VALUES (new.target, 0, 1, length(new.payload) + 512)
        ON CONFLICT (target) DO UPDATE SET dead = dead + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER dead_letter_uncounted AFTER DELETE ON dead_letter BEGIN
    UPDATE outbox_target SET dead = dead - 1, bytes = bytes - length(old.payload) - 512 WHERE target = old.target;
END;
-- +goose StatementEnd
