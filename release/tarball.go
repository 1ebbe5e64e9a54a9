package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path"
	"path/filepath"
	"time"
)

// pack writes a folder as a tarball in which it has a given name, and every file the same owner and time.
func pack(folder, name, file string, at time.Time) error {
	entries, err := os.ReadDir(folder) // in order of their names
	if err != nil {
		return err
	}
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	head := tar.Header{Format: tar.FormatUSTAR, Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, ModTime: at}
	if err := t.WriteHeader(&head); err != nil {
		return err
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		is, err := e.Info()
		if err != nil {
			return err
		}
		head = tar.Header{Format: tar.FormatUSTAR, Name: path.Join(name, e.Name()), Mode: int64(is.Mode().Perm()), Size: int64(len(text)), ModTime: at}
		if err := t.WriteHeader(&head); err != nil {
			return err
		}
		if _, err := t.Write(text); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
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
