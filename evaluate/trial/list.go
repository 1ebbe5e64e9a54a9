package trial

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"timbre"
)

// MaxList is the largest trial list, in bytes.
const MaxList = 64 << 20

// ReadList reads a trial list. Names in it are relative to dir.
//
// A list is either CSV, separated by commas, semicolons or tabs, whose first line names the columns: enrol, test and label, and any
// other as a condition; profile and caller name the two people, which otherwise follow from the target trials. Or it is text of the
// fields
//
//	ENROL TEST target|nontarget [NAME=VALUE…]
//
// or, as is also common, 1|0 ENROL TEST. Several recordings of an enrolment are separated by "|". Lines that begin with # are
// comments.
func ReadList(r io.Reader, dir string) ([]Trial, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, err
	}
	read := readText
	if separator(text, "enrol", "test") != 0 {
		read = readCSV
	}
	trials, err := read(text, dir)
	if err != nil {
		return nil, err
	}
	if len(trials) == 0 {
		return nil, timbre.Errorf(timbre.Invalid, "", "the list has no trials")
	}
	if err := nameAll(trials); err != nil {
		return nil, err
	}
	return trials, nil
}

// readAll reads the text of a list, without the mark that some editors write before it.
func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxList+1))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "trial", "%w", err)
	}
	if len(text) > MaxList {
		return nil, timbre.Errorf(timbre.Invalid, "", "a list of more than %d MiB is not supported", MaxList>>20)
	}
	return bytes.TrimPrefix(text, []byte("\uFEFF")), nil
}

// ReadListFile is ReadList of a file; names are relative to its folder.
func ReadListFile(name string) ([]Trial, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "", "%w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	trials, err := ReadList(f, filepath.Dir(name))
	return trials, in(name, err)
}

// in names the file of a fault.
func in(name string, err error) error {
	if err == nil {
		return nil
	}
	return timbre.Errorf(timbre.KindOf(err), "", "%s: %w", name, err)
}

func readCSV(text []byte, dir string) (trials []Trial, err error) {
	err = rows(text, separator(text, "enrol", "test"), func(r row) error {
		t, err := newTrial(r.cells, dir, r.line)
		trials = append(trials, t)
		return err
	})
	return trials, err
}

func readText(text []byte, dir string) (trials []Trial, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) < 3 {
			return nil, timbre.Errorf(timbre.Invalid, "", "line %d: got %d fields, want ENROL TEST target|nontarget", n, len(words))
		}
		cells := map[string]string{"enrol": words[0], "test": words[1], "label": words[2]}
		if words[0] == "0" || words[0] == "1" {
			cells = map[string]string{"label": words[0], "enrol": words[1], "test": words[2]}
		}
		for _, w := range words[3:] {
			name, value, ok := strings.Cut(w, "=")
			if !ok {
				return nil, timbre.Errorf(timbre.Invalid, "", "line %d: %q is not of the form NAME=VALUE", n, w)
			}
			cells[strings.ToLower(name)] = value
		}
		t, err := newTrial(cells, dir, n)
		if err != nil {
			return nil, err
		}
		trials = append(trials, t)
	}
	if err := lines.Err(); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "%w", err)
	}
	return trials, nil
}

// newTrial makes a trial of the cells of a line.
func newTrial(cells map[string]string, dir string, line int) (t Trial, err error) {
	t.Conditions = map[string]string{}
	for name, value := range cells {
		switch name {
		case "enrol":
			for file := range strings.SplitSeq(value, "|") {
				if file = strings.TrimSpace(file); file != "" {
					t.Enrol = append(t.Enrol, resolve(dir, file))
				}
			}
		case "test":
			t.Test = value
		case "profile":
			t.Profile = value
		case "caller":
			t.Caller = value
		case "label", "":
		default:
			if value != "" {
				t.Conditions[name] = value
			}
		}
	}
	label, labelled := cells["label"]
	if !labelled || len(t.Enrol) == 0 || t.Test == "" {
		return t, timbre.Errorf(timbre.Invalid, "", "line %d: enrol, test and label are needed", line)
	}
	target, known := labels[strings.ToLower(label)]
	if !known {
		return t, timbre.Errorf(timbre.Invalid, "", "line %d: label %q is neither target nor nontarget", line, label)
	}
	t.Target, t.Test = target, resolve(dir, t.Test)
	return t, nil
}

// labels say whether both recordings are of one person.
var labels = map[string]bool{
	"target": true, "1": true, "same": true, "true": true,
	"nontarget": false, "non-target": false, "0": false, "different": false, "false": false, "impostor": false,
}

// resolve is the path of a name in a list.
func resolve(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
