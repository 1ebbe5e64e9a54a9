// Command startup measures the first search after a start: how long the voices of a large domain take to be read, and how much memory they
// have. It makes a database of its own, in a folder that it removes, and searches it in a process of its own: from rows, as they are right
// after they were written, and from the blocks that the store packs them in; beside the check of the pages that a server makes at its start, and
// without it.
//
//	go run ./bench/startup                    a million profiles: 3 GB in -folder
//	go run ./bench/startup -profiles 20000
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"timbre/search"
	"timbre/store/sqlite"
	"timbre/vault"
)

func main() {
	profiles := flag.Int("profiles", 1_000_000, "profiles of the domain")
	folder := flag.String("folder", os.TempDir(), "where the database is made")
	calibration := flag.String("calibration", "models/speaker/calibration.json", "that of the speaker model")
	only := flag.String("search", "", "only search the database in this folder")
	check := flag.Bool("check", false, "with -search: beside the check of the pages")
	flag.Parse()
	ctx := context.Background()
	var err error
	if *only != "" {
		err = measure(ctx, *only, *calibration, *profiles, *check)
	} else {
		err = run(ctx, *profiles, *folder, *calibration)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "startup:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, profiles int, folder, calibration string) error {
	folder, err := os.MkdirTemp(folder, "timbre-startup-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	began := time.Now()
	if err := fill(ctx, folder, profiles); err != nil {
		return err
	}
	fmt.Printf("%d profiles written in %v; vectors of %d MB\n", profiles, time.Since(began).Round(time.Second), profiles*dim*4/1e6)
	if err := again(ctx, "from rows", folder, calibration, profiles); err != nil {
		return err
	}
	began = time.Now()
	if err := packed(ctx, folder, profiles); err != nil {
		return err
	}
	fmt.Printf("packed after %v\n", time.Since(began).Round(time.Second))
	return again(ctx, "from blocks", folder, calibration, profiles)
}

// again runs this command to search the database, without the check of the pages and with it.
func again(ctx context.Context, what, folder, calibration string, profiles int) error {
	me, err := os.Executable()
	if err != nil {
		return err
	}
	for _, check := range []bool{false, false, true} {
		fmt.Printf("%s, check %v: ", what, check)
		cmd := exec.CommandContext(ctx, me, "-search", folder, "-calibration", calibration, fmt.Sprint("-profiles=", profiles), fmt.Sprint("-check=", check))
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return err
		}
	}
	return nil
}

// source is a database that is searched.
type source interface {
	search.Source
	io.Closer
}

// reader opens the database in a folder to search it, as a server does if the pages are to be checked.
func reader(ctx context.Context, folder string, check bool) (source, error) {
	if check {
		return open(ctx, folder)
	}
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return nil, err
	}
	return sqlite.OpenReader(ctx, filepath.Join(folder, "timbre.db"), keys)
}

// open opens the database in a folder.
func open(ctx context.Context, folder string) (*sqlite.Store, error) {
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
}
