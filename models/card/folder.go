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
	text, err := read(folder, File, maxCard)
	if err != nil {
		return Card{}, err
	}
	return Parse(text)
}

// Load reads the card's ONNX file from its folder and verifies the checksum. Conflict: the file is another one.
func (c Card) Load(folder fs.FS) (timbre.ONNXModel, error) {
	onnx, err := read(folder, c.File, MaxFile)
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
	return read(folder, c.Calibration, maxCalibration)
}

// read reads a file of at most limit bytes.
func read(folder fs.FS, name string, limit int64) (text []byte, err error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, unreadable(name, err)
	case !info.Mode().IsRegular():
		return nil, invalid("%s is not a regular file", name)
	case info.Size() > limit:
		return nil, invalid("%s has %d bytes, more than the limit of %d", name, info.Size(), limit)
	}
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
