package card

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"

	"timbre"
)

// MaxFile is the maximum size of an ONNX file, in bytes. Memory of several times the size is needed to load one.
const MaxFile = 512 << 20

// maxCalibration is the maximum size of a calibration, in bytes.
const maxCalibration = 1 << 20

// Read reads the card of a folder.
func Read(folder fs.FS) (Card, error) {
	text, err := ReadFile(folder, File, maxCard)
	if err != nil {
		return Card{}, err
	}
	return Parse(text)
}

// Load reads the card's ONNX file from its folder and verifies the checksum. Conflict: the file is another one.
func (c Card) Load(folder fs.FS) (timbre.ONNXModel, error) {
	onnx, err := ReadFile(folder, c.File, MaxFile)
	if err != nil {
		return timbre.ONNXModel{}, err
	}
	sum := sha256.Sum256(onnx)
	if got := hex.EncodeToString(sum[:]); got != c.Sum {
		return timbre.ONNXModel{}, timbre.Errorf(timbre.Conflict, "", "%s has the checksum %s, and its card says %s: it is another file or damaged", c.File, got, c.Sum)
	}
	return c.Model(onnx), nil
}

// ReadCalibration reads the calibration of a speaker or tone model; nil without one.
func (c Card) ReadCalibration(folder fs.FS) ([]byte, error) {
	if c.Calibration == "" {
		return nil, nil
	}
	return ReadFile(folder, c.Calibration, maxCalibration)
}

// ReadFile reads a regular file of at most limit bytes. What it is, is known before it is opened: opening a pipe would wait for a writer.
func ReadFile(folder fs.FS, name string, limit int64) (text []byte, err error) {
	info, err := fs.Stat(folder, name)
	switch {
	case err != nil:
		return nil, unreadable(name, err)
	case !info.Mode().IsRegular():
		return nil, invalid("%s is not a regular file", name)
	case info.Size() > limit:
		return nil, invalid("%s has %d bytes, more than the limit of %d", name, info.Size(), limit)
	}
	f, err := folder.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text = make([]byte, info.Size())
	if _, err := io.ReadFull(f, text); err != nil {
		return nil, unreadable(name, err)
	}
	return text, nil
}

// unreadable says which file cannot be read. The cause has the path that was tried.
func unreadable(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return timbre.Errorf(timbre.NotFound, "", "there is no %s in the folder", name)
	}
	return timbre.Errorf(timbre.Internal, "", "%s cannot be read: %w", name, err)
}
