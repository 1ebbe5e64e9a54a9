package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	driver "modernc.org/sqlite"
	engine "modernc.org/sqlite/lib"

	"timbre"
)

// wrap turns every error into a *timbre.Error with the operation.
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
	return timbre.Errorf(kind(err), op, "%s: %w", describe(err), err)
}

// kind is Unavailable for what passes once an operator has made room, or has put the disk right; other faults of the engine are Internal.
func kind(err error) timbre.Kind {
	switch code(err) {
	case engine.SQLITE_FULL, engine.SQLITE_READONLY, engine.SQLITE_PERM, engine.SQLITE_CANTOPEN, engine.SQLITE_IOERR, engine.SQLITE_BUSY:
		return timbre.Unavailable
	}
	return timbre.Internal
}

// describe explains a fault of the engine to a person.
func describe(err error) string {
	switch code(err) {
	case engine.SQLITE_FULL:
		return diskFull
	case engine.SQLITE_READONLY, engine.SQLITE_PERM:
		return "the database cannot be written"
	case engine.SQLITE_CANTOPEN:
		return "the database cannot be opened"
	case engine.SQLITE_NOTADB:
		return "the file is not a database: restore a backup with timbre restore FILE"
	case engine.SQLITE_CORRUPT:
		return "the database is damaged: restore a backup with timbre restore FILE"
	case engine.SQLITE_BUSY:
		return "the database is in use by another process"
	case engine.SQLITE_IOERR:
		return "the disk that holds the database has failed"
	}
	return "the database failed"
}

// code returns the primary result code of the engine, or 0.
func code(err error) int { return extended(err) & 0xff }

func extended(err error) int {
	if e := new(driver.Error); errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// openError returns the error of an Open: one sentence that names the file.
func openError(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var e *timbre.Error
	if errors.As(err, &e) && e.Err == nil {
		return &timbre.Error{Kind: e.Kind, Msg: fmt.Sprintf("the database %s %s", path, e.Msg)}
	}
	if p := new(fs.PathError); errors.As(err, &p) {
		return timbre.Errorf(timbre.Internal, "", "the database %s cannot be opened or created: %w", path, p.Err)
	}
	said := cmp.Or(noRoom(filepath.Dir(path)), describe(err))
	if e := new(driver.Error); errors.As(err, &e) {
		err = e // without the context of the callers
	}
	return timbre.Errorf(timbre.Internal, "", "the database %s cannot be used: %s: %w", path, said, err)
}

// leastRoom is the free space, in bytes, of a disk that is not full.
const leastRoom = 1 << 20

// What a disk lacks.
const (
	diskFull = "the disk that holds the database is full"
	noInodes = "the disk that holds the database has no inodes left"
)

// noRoom says what the disk of a folder lacks: diskFull, noInodes, or nothing. The engine gives many names to it.
func noRoom(folder string) string {
	var disk syscall.Statfs_t
	if syscall.Statfs(folder, &disk) != nil {
		return ""
	}
	switch free := uint64(disk.Bavail) * uint64(disk.Bsize); { //nolint:unconvert // other on other systems
	case free < leastRoom:
		return diskFull
	case disk.Files > 0 && disk.Ffree == 0:
		return noInodes
	}
	return ""
}

func notFound(what, id string) error {
	return timbre.Errorf(timbre.NotFound, "", "The %s %s does not exist.", what, id)
}

func conflict(format string, args ...any) error {
	return timbre.Errorf(timbre.Conflict, "", format, args...)
}

// isDuplicate reports whether a statement violated a UNIQUE constraint.
func isDuplicate(err error) bool {
	switch extended(err) {
	case engine.SQLITE_CONSTRAINT_UNIQUE, engine.SQLITE_CONSTRAINT_PRIMARYKEY:
		return true
	}
	return false
}

// duplicate returns a Conflict if a statement violated a UNIQUE constraint, else err.
func duplicate(err error, format string, args ...any) error {
	if isDuplicate(err) {
		return conflict(format, args...)
	}
	return err
}

// noParent returns none if a statement violated a FOREIGN KEY constraint, else err.
func noParent(err, none error) error {
	if extended(err) == engine.SQLITE_CONSTRAINT_FOREIGNKEY {
		return none
	}
	return err
}
