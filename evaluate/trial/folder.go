package trial

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"timbre"
)

// Person is a person with recordings, the oldest first.
type Person struct {
	Name, Set  string
	Recordings []Recording
}

// Recording is a file, or parts of it.
type Recording struct {
	File  string
	Parts []Part // nil: all of it
}

// Part is a stretch of a recording, in samples at 8 kHz.
type Part struct {
	From, To int
	Time     int64 // when it was recorded, in milliseconds; 0: not known
}

// extensions are those of recordings.
var extensions = []string{".wav", ".wave", ".opus", ".ogg"}

// IsRecording says whether a file name is that of a recording.
func IsRecording(name string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(name)))
}

// ReadFolder reads a folder that has one sub-folder a person, with recordings at any depth, in the order of their names: or an
// index.json, as ReadIndex reads it.
func ReadFolder(dir, part string) ([]Person, error) {
	index, err := os.Open(filepath.Join(dir, "index.json"))
	if err == nil {
		defer func() { _ = index.Close() }() // it was only read
		return ReadIndex(index, dir, part)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	var all []Person
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		files, err := Recordings(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if len(files) > 0 {
			all = append(all, Person{Name: e.Name(), Recordings: files})
		}
	}
	if len(all) < 2 {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s has %d sub-folders with recordings (%s), one a person; at least 2 are needed",
			dir, len(all), strings.Join(extensions, ", "))
	}
	return all, nil
}

// Recordings are the recordings below a folder, in the order of their names.
func Recordings(dir string) (files []Recording, err error) {
	err = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err == nil && IsRecording(file) && isFile(file, d) {
			files = append(files, Recording{File: file})
		}
		return err
	})
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	return files, nil
}

// isFile says whether an entry is a regular file, or a link to one: opening a pipe would wait for its writer.
func isFile(file string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type().IsRegular()
	}
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular()
}

// byDay makes a recording of the parts of each day, the oldest first.
func byDay(file string, parts []Part) []Recording {
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(a.Time, b.Time) })
	all := []Recording{{File: file}}
	for i, p := range parts {
		if i > 0 && p.Time/day != parts[i-1].Time/day {
			all = append(all, Recording{File: file})
		}
		r := &all[len(all)-1]
		r.Parts = append(r.Parts, p)
	}
	return all
}

const day = 24 * 60 * 60 * 1000 // milliseconds

// MaxIndex is the largest index, in bytes.
const MaxIndex = 64 << 20

// longest is the longest recording of an index, and the most speech of a person, in samples at indexRate.
const longest = 12 * 60 * 60 * indexRate

// indexRate is the rate that an index counts samples at.
const indexRate = 16000

// ReadIndex reads the index of a corpus below dir: for each person the set ("corpus"), the part, the file, and in "utterances" the
// start and the length of each, in samples at 16 kHz, and for some when it was recorded, in milliseconds. It returns the people of a
// part, of all if the part is empty; what was recorded on one day is one recording.
func ReadIndex(index io.Reader, dir, part string) ([]Person, error) {
	var people map[string]struct {
		Corpus, Part, File string
		Utterances         [][]int64
	}
	text, err := io.ReadAll(io.LimitReader(index, MaxIndex+1))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "", "index.json: %w", err)
	}
	if len(text) > MaxIndex {
		return nil, timbre.Errorf(timbre.Invalid, "", "an index.json of more than %d MiB is not supported", MaxIndex>>20)
	}
	if err := timbre.JSONFault(text, json.Unmarshal(text, &people)); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s: %w", filepath.Join(dir, "index.json"), err)
	}
	var all []Person
	for name, p := range people {
		if part != "" && p.Part != part {
			continue
		}
		var parts []Part
		speech := int64(0)
		for _, u := range p.Utterances {
			if len(u) < 2 || min(u[0], u[1]) < 0 || max(u[0], u[1]) > longest {
				return nil, timbre.Errorf(timbre.Invalid, "", "index.json: %s: utterance %v is not a start and a length within 12 hours", name, u)
			}
			if speech += u[1]; speech > longest {
				return nil, timbre.Errorf(timbre.Invalid, "", "index.json: %s: the utterances are longer than 12 hours in all", name)
			}
			x := Part{From: int(u[0] * timbre.SampleRate / indexRate), To: int((u[0] + u[1]) * timbre.SampleRate / indexRate)}
			if len(u) > 2 {
				x.Time = u[2]
			}
			parts = append(parts, x)
		}
		all = append(all, Person{Name: name, Set: p.Corpus, Recordings: byDay(filepath.Join(dir, filepath.FromSlash(p.File)), parts)})
	}
	if len(all) < 2 {
		return nil, timbre.Errorf(timbre.Invalid, "", "index.json has %d people of part %q; at least 2 are needed", len(all), part)
	}
	slices.SortFunc(all, func(a, b Person) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}
