// Package archive keeps the calibrations that an operator has fitted: of a domain, or of the server. Each is a file with a version; none
// is overwritten, and a revoked one stays as long as its domain does. Searches read the newest that is not revoked, also while another process writes.
package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"timbre"
	"timbre/search"
)

// Server is the scope of all domains that have no calibration of their own.
const Server = "server"

// Entry is a fitted calibration.
type Entry struct {
	Scope       string          `json:"scope"` // the id of a domain, or Server
	Version     int             `json:"version"`
	Model       string          `json:"model"` // name and version of the model whose scores it maps
	Made        time.Time       `json:"made"`
	Source      string          `json:"source"` // what it was fitted on
	People      int             `json:"people"`
	Targets     int             `json:"targets"`
	NonTargets  int             `json:"nonTargets"`
	Before      float64         `json:"cllrBefore"` // on people that it was not fitted on, without it
	After       float64         `json:"cllrAfter"`  // and with it
	Offset      float64         `json:"offset"`     // what it adds to the log-likelihood ratios of the model's calibration,
	Scale       float64         `json:"scale"`      // after it has multiplied them
	Revoked     *time.Time      `json:"revoked,omitempty"`
	Calibration json.RawMessage `json:"calibration"`

	Err error `json:"-"` // why its file cannot be read; the entry then has a scope and a version alone
}

// Archive is a folder with a sub-folder a scope.
type Archive struct{ dir string }

// New returns the archive in a folder, which need not exist.
func New(dir string) Archive { return Archive{dir} }

// folder is that of a scope. Invalid: the scope would lead elsewhere.
func (a Archive) folder(scope string) (string, error) {
	if scope == "" || strings.ContainsAny(scope, `/\.`) {
		return "", timbre.Errorf(timbre.Invalid, "archive", "%q is not the id of a domain", scope)
	}
	return filepath.Join(a.dir, scope), nil
}

// Add writes a calibration under the next version of its scope, and returns that.
func (a Archive) Add(e Entry) (version int, err error) {
	if _, err := search.ParseCalibration(e.Calibration); err != nil {
		return 0, err
	}
	dir, err := a.folder(e.Scope)
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, fault(err)
	}
	versions, err := versions(dir)
	if err != nil {
		return 0, err
	}
	e.Version = 1
	if len(versions) > 0 {
		e.Version = versions[len(versions)-1] + 1
	}
	return e.Version, write(dir, e, os.Link) // fails if another process has just taken the version
}

// Revoke marks a version of a scope as revoked; 0: the newest that is not. The one before it applies again. It returns the version.
func (a Archive) Revoke(scope string, version int, now time.Time) (int, error) {
	all, err := a.List(scope)
	if err != nil {
		return 0, err
	}
	for _, e := range slices.Backward(all) {
		switch {
		case version != 0 && e.Version != version, version == 0 && e.Revoked != nil:
			continue
		case e.Err != nil && version == 0:
			continue
		case e.Err != nil:
			return 0, e.Err
		case e.Revoked != nil:
			return 0, timbre.Errorf(timbre.Conflict, "", "version %d of %s is revoked already", e.Version, scope)
		}
		dir, _ := a.folder(scope) // List has checked it
		e.Revoked = &now
		return e.Version, write(dir, e, os.Rename)
	}
	return 0, timbre.Errorf(timbre.NotFound, "", "%s has no such calibration", scope)
}

// Delete removes all calibrations of a domain, which has been deleted. There may be none.
func (a Archive) Delete(domainID string) error {
	dir, err := a.folder(domainID)
	if err != nil || domainID == Server {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return fault(err)
	}
	return nil
}

// List returns the calibrations of a scope, the oldest first. One broken file does not hide the others.
func (a Archive) List(scope string) (all []Entry, err error) {
	dir, err := a.folder(scope)
	if err != nil {
		return nil, err
	}
	versions, err := versions(dir)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		e, err := read(dir, v)
		if err != nil {
			e = Entry{Scope: scope, Version: v, Err: err}
		}
		all = append(all, e)
	}
	return all, nil
}

// Scopes are those that have calibrations, sorted.
func (a Archive) Scopes() (scopes []string, err error) {
	entries, err := os.ReadDir(a.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			scopes = append(scopes, e.Name())
		}
	}
	return scopes, nil
}

// versions are those in a folder, in order; none if there is no folder.
func versions(dir string) (all []int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault(err)
	}
	for _, e := range entries {
		name, isJSON := strings.CutSuffix(e.Name(), ".json")
		if v, err := strconv.Atoi(name); err == nil && isJSON {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	return all, nil
}

func file(dir string, version int) string {
	return filepath.Join(dir, fmt.Sprintf("%04d.json", version))
}

func read(dir string, version int) (e Entry, err error) {
	text, err := os.ReadFile(file(dir, version))
	if err == nil {
		err = timbre.JSONFault(text, json.Unmarshal(text, &e))
	}
	if err != nil {
		return e, fault(fmt.Errorf("%s: %w", file(dir, version), err))
	}
	return e, nil
}

// write puts the file of a version in place as a whole, so that a reader sees none of it or all.
func write(dir string, e Entry, place func(from, to string) error) error {
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fault(err)
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return fault(err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // if it has not been renamed
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = place(f.Name(), file(dir, e.Version))
	}
	if err != nil {
		return fault(err)
	}
	return nil
}

func fault(err error) error { return timbre.Errorf(timbre.Internal, "archive", "%w", err) }
