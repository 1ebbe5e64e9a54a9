package sqlite

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
)

// earlier rewrites the database of a folder, which must be closed, as that of an earlier version with the same rows.
func earlier(t *testing.T, folder string, version int64) {
	t.Helper()
	now, then := filepath.Join(folder, "timbre.db"), filepath.Join(folder, "earlier.db")
	files, err := fs.Sub(migrations, "migrations")
	ok(t, err)
	db := openPool(then, 1, "_txlock=immediate", "foreign_keys(OFF)")
	p, err := goose.NewProvider(goose.DialectSQLite3, db.DB, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	ok(t, err)
	_, err = p.UpTo(t.Context(), version)
	ok(t, err)
	_, err = db.Exec("ATTACH ? AS later", now)
	ok(t, err)
	for _, table := range column(t, db.DB, `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name IN (SELECT name FROM later.sqlite_schema)
		AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`) {
		names := strings.Join(column(t, db.DB, `SELECT a.name FROM pragma_table_info(?1, 'main') a JOIN pragma_table_info(?1, 'later') b USING (name)`, table), ", ")
		_, err := db.Exec(fmt.Sprintf("INSERT OR REPLACE INTO main.%s (%s) SELECT %s FROM later.%s", table, names, names, table))
		ok(t, err)
	}
	ok(t, db.Close())
	ok(t, os.Rename(then, now))
}

// ofVersion makes an empty database of an earlier version in a folder.
func ofVersion(t *testing.T, folder string, version int64) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, "timbre.db"))
	ok(t, err)
	files, err := fs.Sub(migrations, "migrations")
	ok(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	ok(t, err)
	_, err = p.UpTo(t.Context(), version)
	ok(t, err)
	return db
}

func column(t *testing.T, db *sql.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query, args...)
	ok(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		ok(t, rows.Scan(&s))
		list = append(list, s)
	}
	ok(t, rows.Err())
	return list
}
