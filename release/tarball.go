package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path"
	"time"
)

// pack writes a folder as a tarball in which it has a given name, and every file the same owner and time.
func pack(folder, name, file string, at time.Time) error {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	files := os.DirFS(folder)
	err := fs.WalkDir(files, ".", func(within string, entry fs.DirEntry, err error) error { // in order of their names
		if err != nil {
			return err
		}
		head := tar.Header{Format: tar.FormatUSTAR, Name: path.Join(name, within), Mode: 0o644, ModTime: at}
		if entry.IsDir() {
			head.Typeflag, head.Mode = tar.TypeDir, 0o755
			head.Name += "/"
			return t.WriteHeader(&head)
		}
		is, err := entry.Info()
		if err != nil {
			return err
		}
		if is.Mode()&0o100 != 0 { // whatever the umask is
			head.Mode = 0o755
		}
		text, err := fs.ReadFile(files, within)
		if err != nil {
			return err
		}
		head.Size = int64(len(text))
		if err := t.WriteHeader(&head); err != nil {
			return err
		}
		_, err = t.Write(text)
		return err
	})
	if err := errors.Join(err, t.Close()); err != nil {
		return err
	}
	compressed, err := squeeze(b.Bytes())
	if err != nil {
		return err
	}
	return write(file, compressed)
}

// squeeze compresses by gzip, without a name or a time.
func squeeze(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
