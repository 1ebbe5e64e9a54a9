package trial

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"timbre"
)

// Tones are the classes of tone.
var Tones = []string{"positive", "neutral", "negative"}

// Spoken is a recording with a known tone.
type Spoken struct {
	Files      []string // one, or several that are heard as one
	Tone       int      // in Tones
	Person     string   // who speaks
	Conditions map[string]string
}

// ReadTones reads a folder that has a sub-folder for each tone, or a CSV list.
func ReadTones(name string) ([]Spoken, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	if info.IsDir() {
		return readToneFolder(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	spoken, err := ReadToneList(f, filepath.Dir(name))
	return spoken, in(name, err)
}

// readToneFolder reads a folder with the sub-folders positive, neutral and negative. A folder in them is a person; a recording
// that is in none is of somebody else than all others.
func readToneFolder(dir string) (all []Spoken, err error) {
	for i, tone := range Tones {
		below := filepath.Join(dir, tone)
		if _, err := os.Stat(below); err != nil {
			continue
		}
		files, err := Recordings(below)
		if err != nil {
			return nil, err
		}
		for _, r := range files {
			within, _ := filepath.Rel(below, r.File) // it was found there
			person, _, nested := strings.Cut(filepath.ToSlash(within), "/")
			if !nested {
				person = r.File
			}
			all = append(all, Spoken{Files: []string{r.File}, Tone: i, Person: person})
		}
	}
	if len(all) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "%s has no recordings in sub-folders %s", dir, strings.Join(Tones, ", "))
	}
	return all, nil
}

// ReadToneList reads a CSV list with the columns file and tone. The column speaker says who speaks; others are conditions. Names are
// relative to dir, and several recordings that are heard as one are separated by "|".
func ReadToneList(r io.Reader, dir string) ([]Spoken, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, err
	}
	comma := separator(text, "file", "tone")
	if comma == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "the list does not begin with the names of its columns, file and tone among them")
	}
	var all []Spoken
	err = rows(text, comma, func(x row) error {
		s := Spoken{Tone: slices.Index(Tones, strings.ToLower(x.cells["tone"])), Person: x.cells["speaker"], Conditions: map[string]string{}}
		for file := range strings.SplitSeq(x.cells["file"], "|") {
			if file = strings.TrimSpace(file); file != "" {
				s.Files = append(s.Files, resolve(dir, file))
			}
		}
		if s.Tone < 0 || len(s.Files) == 0 {
			return timbre.Errorf(timbre.Invalid, "", "line %d: file and a tone of %s are needed", x.line, strings.Join(Tones, ", "))
		}
		if s.Person == "" {
			s.Person = strings.Join(s.Files, "|")
		}
		for name, value := range x.cells {
			if !slices.Contains([]string{"file", "tone", "speaker", ""}, name) && value != "" {
				s.Conditions[name] = value
			}
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "the list has no recordings")
	}
	return all, nil
}
