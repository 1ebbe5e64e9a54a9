package ttl

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Journal keeps in a file what may be used once and would be taken again after a restart: signatures that are dated ahead, or in the very
// second of a start, and nonces without a date. It does not wait for the disk: what was written outlives the process, and not the machine. It is
// safe for concurrent use.
type Journal struct {
	path string

	mu    sync.Mutex
	file  io.WriteCloser
	kept  []entered // in the file, unless it is torn
	most  int       // of them before those that are over are dropped
	torn  error     // of a write: the file may end within a record, and is to be replaced
	retry time.Time // when it may be tried to replace it again
}

// Key is a digest of what may be used once.
type Key = [sha256.Size]byte

// Kind is whose a key is: the users of a journal are given their own alone.
type Kind byte

// Kinds of keys. Values stay: they are in files.
const (
	APISignature Kind = 1 + iota
	FeedNonce
	kinds // before this one
)

const (
	recordSize = 1 + sha256.Size + 16 // a kind, a key, and two times in seconds since 1970
	leastKept  = 4096                 // records before those that are over are dropped
	retryAfter = time.Second          // a failure to replace the file
)

// entered is a record.
type entered struct {
	kind        Kind
	key         Key
	last, until int64
}

// OpenJournal reads the file of the process before this one, and creates it if there is none.
func OpenJournal(path string, now time.Time) (*Journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, file: file}
	for {
		e, err := readEntered(file)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the last one may have been cut off
			return j, j.drop(now)
		case err != nil:
			return nil, errors.Join(err, file.Close())
		}
		if 0 < e.kind && e.kind < kinds {
			j.kept = append(j.kept, e)
		}
	}
}

// Close closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file.Close()
}

// Each calls f with each key of a kind that is kept, and when it ends.
func (j *Journal) Each(kind Kind, f func(key Key, until time.Time)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.kept {
		if e.kind == kind {
			f(e.key, time.Unix(e.until, 0))
		}
	}
}

// Keep adds a key that ends after until, unless no process that starts now or later would take it: last is the latest start of one that
// would. A key that cannot be written is written with a later one.
func (j *Journal) Keep(kind Kind, key Key, last, until, now time.Time) error {
	e := entered{kind, key, last.Unix(), until.Unix()}
	if e.last < now.Unix() {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, e)
	if j.torn == nil { // what follows part of a record would be read as something else
		_, j.torn = j.file.Write(e.bytes())
	}
	if len(j.kept) > j.most || j.torn != nil && !now.Before(j.retry) {
		j.retry = now.Add(retryAfter)
		return j.drop(now)
	}
	return j.torn
}

// drop forgets what is over, and replaces the file by one without it. The caller holds mu, or is the only one that knows j.
func (j *Journal) drop(now time.Time) (err error) {
	var left []entered
	var text []byte
	for _, e := range j.kept {
		if e.last >= now.Unix() {
			left, text = append(left, e), append(text, e.bytes()...)
		}
	}
	j.kept, j.most = left, max(leastKept, 2*len(left))         // even if the file cannot be replaced: memory is bounded
	file, err := os.CreateTemp(filepath.Dir(j.path), ".new-*") // 0600
	if err != nil {
		return err
	}
	if _, err = file.Write(text); err == nil {
		err = os.Rename(file.Name(), j.path)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	_ = j.file.Close()
	j.file, j.torn = file, nil
	return nil
}

func (e entered) bytes() []byte {
	b := append(append(make([]byte, 0, recordSize), byte(e.kind)), e.key[:]...)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(e.last)), uint64(e.until))
}

func readEntered(from io.Reader) (e entered, err error) {
	var b [recordSize]byte
	if _, err = io.ReadFull(from, b[:]); err != nil {
		return e, err
	}
	times := b[1+copy(e.key[:], b[1:]):]
	e.kind = Kind(b[0])
	e.last = int64(binary.BigEndian.Uint64(times))
	e.until = int64(binary.BigEndian.Uint64(times[8:]))
	return e, nil
}
