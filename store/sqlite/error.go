package sqlite

import (
	"errors"
	"fmt"
	"io/fs"

	driver "modernc.org/sqlite"
	engine "modernc.org/sqlite/lib"

	"timbre"
)

// wrap makes every error a *timbre.Error that says what was tried. The engine's own faults are Internal.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var e *timbre.Error
	if errors.As(err, &e) {
		if e.Op != "" {
			return e
		}
		return &timbre.Error{Kind: e.Kind, Op: op, Msg: e.Msg, Err: e.Err}
	}
	return timbre.Errorf(timbre.Internal, op, "%s: %w", sentence(err), err)
}

// sentence says for a person what has happened to the database.
func sentence(err error) string {
	switch code(err) {
	case engine.SQLITE_FULL:
		return "the disk that holds the database is full"
	case engine.SQLITE_READONLY, engine.SQLITE_PERM:
		return "the database cannot be written"
	case engine.SQLITE_CANTOPEN:
		return "the database cannot be opened"
	case engine.SQLITE_NOTADB:
		return "the file is not a database"
	case engine.SQLITE_CORRUPT:
		return "the database is damaged"
	case engine.SQLITE_BUSY:
		return "the database is in use by another process"
	case engine.SQLITE_IOERR:
		return "the disk that holds the database fails"
	}
	return "the database failed"
}

// code is the engine's primary result code, or 0.
func code(err error) int { return extended(err) & 0xff }

func extended(err error) int {
	if e := new(driver.Error); errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// refuse makes the error of an Open: one sentence that names the file.
func refuse(path string, err error) error {
	var e *timbre.Error
	if errors.As(err, &e) && e.Err == nil {
		return &timbre.Error{Kind: e.Kind, Msg: fmt.Sprintf("the database %s %s", path, e.Msg)}
	}
	if p := new(fs.PathError); errors.As(err, &p) {
		return timbre.Errorf(timbre.Internal, "", "the database %s cannot be opened or made: %w", path, p.Err)
	}
	said := sentence(err)
	if e := new(driver.Error); errors.As(err, &e) {
		err = e // without the history of who met it
	}
	return timbre.Errorf(timbre.Internal, "", "the database %s cannot be used: %s: %w", path, said, err)
}

func missing(what, id string) error {
	return timbre.Errorf(timbre.NotFound, "", "The %s %s does not exist.", what, id)
}

func conflict(format string, args ...any) error {
	return timbre.Errorf(timbre.Conflict, "", format, args...)
}

// taken gives a Conflict where a statement would have doubled what must be unique, else err.
func taken(err error, format string, args ...any) error {
	switch extended(err) {
	case engine.SQLITE_CONSTRAINT_UNIQUE, engine.SQLITE_CONSTRAINT_PRIMARYKEY:
		return conflict(format, args...)
	}
	return err
}

// orphaned gives none where a statement refers to a row that does not exist, else err.
func orphaned(err, none error) error {
	if extended(err) == engine.SQLITE_CONSTRAINT_FOREIGNKEY {
		return none
	}
	return err
}
