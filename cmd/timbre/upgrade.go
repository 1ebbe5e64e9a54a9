package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"timbre"
	"timbre/build"
	"timbre/config"
	"timbre/node"
)

// upgrade is `timbre upgrade`.
type upgrade struct {
	Data  string `arg:"" name:"folder" optional:"" help:"Data folder; by default, that of the settings. A server may be running on it."`
	Check bool   `required:"" help:"Say what an upgrade would do, and change nothing. The upgrade itself is the first start of this version on the folder."`
	JSON  bool   `name:"json" help:"Print JSON."`

	config.Settings `uses:"data,store.url"`
}

// Help completes the help.
func (upgrade) Help() string {
	return "The exit status is 0 if this version finds nothing to change, 2 if it would change the tables of the database, and 1 if it would not start on the folder."
}

// changes is the exit status of a check that finds that tables would change.
const changes exit = 2

// forecast is what a check finds.
type forecast struct {
	Folder  string   `json:"folder"`
	Program string   `json:"program"` // version
	Tables  int64    `json:"tables"`
	Known   int64    `json:"known"` // tables of this program
	Pending []string `json:"pending"`
	Running bool     `json:"running"`
	Starts  bool     `json:"starts"`
	Refused string   `json:"refused,omitempty"`
	Copy    string   `json:"copy,omitempty"`
	Size    int64    `json:"sizeBytes"`
	Free    int64    `json:"freeBytes"`
	Keep    []string `json:"keep"` // files, beside a backup of the database
}

// Run prints what the start of this version would do.
func (u upgrade) Run(ctx context.Context) error {
	s := u.Settings
	if u.Data != "" {
		s.Data = u.Data
	}
	o, err := node.Forecast(ctx, s)
	if err != nil {
		return err
	}
	keep, err := node.Belongings(s)
	if err != nil {
		return err
	}
	f := forecast{
		Folder: s.Data, Program: build.Read().Version, Tables: o.Tables, Known: o.Known, Pending: append([]string{}, o.Pending...), Running: o.Running,
		Starts: o.Refused == "", Refused: o.Refused, Copy: o.Copy, Size: o.Size, Free: o.Free, Keep: keep,
	}
	if err := f.write(os.Stdout, u.JSON); err != nil {
		return err
	}
	switch {
	case !f.Starts:
		return exit(1)
	case o.Changes():
		return changes
	}
	return nil
}

func (f forecast) write(to io.Writer, asJSON bool) error {
	if asJSON {
		j := json.NewEncoder(to)
		j.SetIndent("", "  ")
		return j.Encode(f)
	}
	t := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "folder\t%s\n", f.Folder)
	fmt.Fprintf(t, "tables\tversion %d; this program, %s, has version %d\n", f.Tables, f.Program, f.Known)
	fmt.Fprintf(t, "server\t%s\n", map[bool]string{true: "runs on it: stop it first, then start this version", false: "none runs on it"}[f.Running])
	fmt.Fprintf(t, "upgrade\t%s\n", f.does())
	if f.Copy != "" && f.Starts {
		fmt.Fprintf(t, "undo\twith the version before, no server running: timbre restore %s\n", f.Copy)
		fmt.Fprintf(t, "\tThe copy is made before the change, and erased after %.0f days. What happened after it is lost.\n", timbre.ResultLife.Hours()/24)
	}
	fmt.Fprintf(t, "back up\ttimbre backup FILE --data %s\n", f.Folder)
	for _, k := range f.Keep {
		fmt.Fprintf(t, "\tand apart from it: %s\n", k)
	}
	return t.Flush()
}

// does says what the start does.
func (f forecast) does() string {
	switch {
	case !f.Starts:
		return "not possible: " + f.Refused
	case len(f.Pending) == 0:
		return "nothing to change"
	}
	return fmt.Sprintf("changes the tables (%s), after a copy of %d MB; the disk has %d MB", strings.Join(f.Pending, ", "), megabytes(f.Size), megabytes(f.Free))
}

// megabytes rounds up.
func megabytes(n int64) int64 { return (n + 1e6 - 1) / 1e6 }
