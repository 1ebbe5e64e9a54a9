package main

import (
	"context"
	"fmt"

	"timbre/config"
	"timbre/node"
)

// backup is `timbre backup`.
type backup struct {
	File string `arg:"" help:"File to write. It must not exist."`

	config.Settings `uses:"data,store.url"`
}

// Run writes the file. It contains no key: whoever finds it learns no voice, and DATA/key is needed to restore it.
func (b backup) Run(ctx context.Context) error {
	contents, err := node.Backup(ctx, b.Settings, b.File)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %s\nIt opens with %s only: keep a copy of that file elsewhere.\n", b.File, contents, node.KeyFile(b.Settings))
	return nil
}

// restore is `timbre restore`.
type restore struct {
	File  string `arg:"" help:"Backup."`
	Check bool   `help:"Only check the backup: its pages, its version, that the key file is its own."`

	config.Settings `uses:"data,store.url"`
}

// Run checks the backup, and puts it in place unless it is only to be checked.
func (r restore) Run(ctx context.Context) error {
	contents, err := node.CheckBackup(ctx, r.Settings, r.File)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %s\n", r.File, contents)
	if r.Check {
		return nil
	}
	kept, err := node.Restore(ctx, r.Settings, r.File)
	if err != nil {
		return err
	}
	if kept != "" {
		fmt.Println("The database that was there is now", kept)
	}
	fmt.Println("Restored. What happened after the backup is not known any more; start the server.")
	return nil
}
