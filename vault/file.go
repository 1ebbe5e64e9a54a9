package vault

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"timbre"
)

// header is the first line of a key file. The second one is the key, 64 hexadecimal digits.
const header = "timbre local key v1\n"

// fileSize is the size of a key file in bytes.
const fileSize = len(header) + 2*keySize + 1

// Open reads the key file at path. If there is none, it creates one with a random key, with mode 0600 in a folder of mode 0700.
// Every error is one sentence that names the file.
func Open(path string) (*Vault, error) {
	key, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(path); err == nil {
			key, err = read(path)
		}
	}
	if err != nil {
		return nil, err
	}
	defer clear(key)
	root, err := hkdf.Extract(sha256.New, key, nil)
	if err != nil {
		return nil, refuse(path, "cannot be used", err)
	}
	defer clear(root)
	return newVault(key, root), nil
}

func read(path string) (key []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, refuse(path, "cannot be opened", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, refuse(path, "cannot be read", err)
	case !info.Mode().IsRegular():
		return nil, refuse(path, "is not a regular file", nil)
	case info.Mode().Perm()&0o077 != 0:
		return nil, timbre.Errorf(timbre.Internal, "", "the key file %s is accessible to others (mode %04o): change its mode to 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(fileSize)+1))
	if err != nil {
		return nil, refuse(path, "cannot be read", err)
	}
	defer clear(text)
	return parse(path, text)
}

// parse decodes a key file.
func parse(path string, text []byte) (key []byte, err error) {
	digits, ok := bytes.CutPrefix(text, []byte(header))
	if !ok {
		return nil, refuse(path, "does not begin with the line \""+header[:len(header)-1]+"\"", nil)
	}
	if len(text) != fileSize || text[fileSize-1] != '\n' {
		return nil, refuse(path, "has the wrong size: its second line must be 64 hexadecimal digits and nothing may follow", nil)
	}
	key = make([]byte, keySize)
	if _, err := hex.Decode(key, digits[:2*keySize]); err != nil {
		return nil, refuse(path, "is damaged: its second line must be 64 hexadecimal digits", nil)
	}
	return key, nil
}

// create creates a complete key file or none. If several processes try at once, one succeeds, and all read its file.
func create(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return refuse(path, "cannot be created", err)
	}
	f, err := os.CreateTemp(folder, ".key-*") // has mode 0600
	if err != nil {
		return refuse(path, "cannot be created", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return refuse(path, "cannot be written", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return refuse(path, "cannot be created", err)
	}
	if d, err := os.Open(folder); err == nil { // so that the name survives a power failure
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

func write(f *os.File) error {
	key, text := make([]byte, keySize), make([]byte, 0, fileSize)
	defer func() { clear(key); clear(text[:cap(text)]) }()
	_, _ = rand.Read(key)
	text = append(hex.AppendEncode(append(text, header...), key), '\n')
	_, err := f.Write(text)
	return errors.Join(err, f.Sync())
}

func refuse(path, what string, cause error) error {
	if cause == nil {
		return timbre.Errorf(timbre.Internal, "", "the key file %s %s", path, what)
	}
	if p := new(fs.PathError); errors.As(cause, &p) {
		cause = p.Err // the message has the path already
	}
	return timbre.Errorf(timbre.Internal, "", "the key file %s %s: %w", path, what, cause)
}
