package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"timbre"
	"timbre/models/card"
)

// folderOf opens the files of a folder: a link cannot lead out of it.
func folderOf(path string) fs.FS { return rooted{path} }

// rooted opens a file through os.Root, which refuses what lies outside. It holds no folder open in between.
type rooted struct{ path string }

func (r rooted) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(r.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.Open(name)
}

// Stat implements fs.StatFS: what a file is must be known before it is opened, for opening a pipe waits for its writer.
func (r rooted) Stat(name string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(r.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.Stat(name)
}

// ReadFile reads a regular file of at most limit bytes, wherever it is.
func ReadFile(path string, limit int64) ([]byte, error) {
	return card.ReadFile(os.DirFS(filepath.Dir(path)), filepath.Base(path), limit)
}

// Add copies the model in a folder into the library, and verifies it. Again: the same model was there already. Conflict: another
// model has its name and version.
func (l *Library) Add(path string) (c card.Card, again bool, err error) {
	folder := folderOf(path)
	if c, err = card.Read(folder); err != nil {
		return c, false, about(path, err)
	}
	m, err := c.Load(folder)
	if err != nil {
		return c, false, about(path, err)
	}
	calibration, err := c.ReadCalibration(folder)
	if err == nil {
		err = checked(l.Check, c, calibration)
	}
	if err != nil {
		return c, false, about(path, err)
	}
	files := map[string][]byte{c.File: m.ONNX}
	if calibration != nil {
		files[c.Calibration] = calibration
	}
	for name, text := range notices(path) {
		files[name] = text
	}
	again, err = l.Put(c, files)
	return c, again, err
}

// maxNotice is the maximum size of a licence or notice, in bytes.
const maxNotice = 1 << 20

// notices are the licences and pages beside a model, which must stay with it.
func notices(path string) map[string][]byte {
	files := map[string][]byte{}
	list, _ := os.ReadDir(path) // without them, there are none to keep
	for _, f := range list {
		name := strings.ToUpper(f.Name())
		info, err := f.Info()
		keep := strings.HasPrefix(name, "LICENSE") || strings.HasPrefix(name, "NOTICE") || strings.HasSuffix(name, ".MD")
		if err != nil || !keep || !info.Mode().IsRegular() || info.Size() > maxNotice {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(path, f.Name())); err == nil {
			files[f.Name()] = text
		}
	}
	return files
}

// Put adds a model from its card and its other files. Either all of it is there afterwards, or nothing.
func (l *Library) Put(c card.Card, files map[string][]byte) (again bool, err error) {
	list, err := l.List()
	if err != nil {
		return false, err
	}
	for _, e := range list {
		if e.Card.ID() != c.ID() {
			continue
		}
		if e.Card.Sum == c.Sum {
			return true, nil
		}
		return false, timbre.Errorf(timbre.Conflict, "", "there is another model %s, with the checksum %s: give this one another name or version in its card", c.ID(), e.Card.Sum)
	}
	text, err := c.Format()
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return false, err
	}
	staged, err := os.MkdirTemp(l.folder, ".adding-*")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	files[card.File] = text
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(staged, name), content, 0o600); err != nil {
			return false, err
		}
	}
	return false, os.Rename(staged, filepath.Join(l.folder, c.ID()))
}
