// Command sweep measures what it costs to erase what has expired: how long a sweep takes that finds nothing, however much is kept, and
// how long a write waits while much is erased. It makes a database of its own, in a folder that it removes.
//
//	go run ./bench/sweep                                 a million tasks, of which none, then a day's have expired
//	go run ./bench/sweep -tasks 10000000 -folder FOLDER  ten million: 20 GB; with -document 50: 8 GB
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"timbre/store/sqlite"
	"timbre/vault"
)

func main() {
	tasks := flag.Int("tasks", 1_000_000, "tasks that are kept, each of a call of its own, over 7 days")
	document := flag.Int("document", 700, "bytes of the document of a task, and of a call")
	folder := flag.String("folder", os.TempDir(), "where the database is made")
	flag.Parse()
	if err := run(context.Background(), *tasks, *document, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "sweep:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, tasks, document int, folder string) error {
	folder, err := os.MkdirTemp(folder, "timbre-sweep-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	path, now := filepath.Join(folder, "timbre.db"), time.Now()
	if err := fill(ctx, path, keys, tasks, document, now); err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, path, keys, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	measure(ctx, s, tasks, now)
	return nil
}
