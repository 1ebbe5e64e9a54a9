package sigv4

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"timbre/environment"
)

// Memory keeps the signatures that the next server would take once more: those of changing requests that are dated no earlier than the
// second of its start, by clients whose clock is ahead, or of the very second of a restart. They are written to a file without waiting for the
// disk: that outlives the process. It is safe for concurrent use.
type Memory struct {
	log  *slog.Logger
	path string

	mu      sync.Mutex
	file    *os.File
	kept    []record // in the file
	most    int      // of them before those of the past are dropped
	failing environment.Outage
}

// recordSize is that of a record in the file: the signature, and when it was made and is valid, in seconds since 1970.
const recordSize = sha256.Size + 16

// leastKept is how many records are written before those of the past are dropped.
const leastKept = 4096

// record is a signature.
type record struct {
	signature digest
	at, until int64
}

// OpenMemory reads the file of a server before this one, and creates it if there is none. Close closes it.
func OpenMemory(env environment.Environment, path string) (*Memory, error) {
	env = env.Complete()
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	m := &Memory{log: env.Log, path: path, file: file}
	for {
		r, err := readRecord(file)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the last one may have been cut off
			return m, m.drop(env.Now())
		case err != nil:
			return nil, errors.Join(err, file.Close())
		}
		m.kept = append(m.kept, r)
	}
}

// Close closes the file.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.file.Close()
}

// keep adds a signature, if a server that starts now would take it.
func (m *Memory) keep(signature digest, c *claim, now time.Time) {
	r := record{signature, c.at.Unix(), c.until().Unix()}
	if r.at < now.Unix() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = append(m.kept, r)
	_, err := m.file.Write(r.bytes())
	if err == nil && len(m.kept) > m.most {
		err = m.drop(now)
	}
	if err != nil {
		m.failing.Failed(m.log, "signatures cannot be kept for the next start", "error", err)
		return
	}
	m.failing.Over(m.log, "signatures can be kept again")
}

// drop replaces the file by one without the records of the past. The caller holds mu.
func (m *Memory) drop(now time.Time) (err error) {
	var left []record
	var text []byte
	for _, r := range m.kept {
		if r.at >= now.Unix() {
			left, text = append(left, r), append(text, r.bytes()...)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(m.path), ".new-*") // 0600
	if err != nil {
		return err
	}
	if _, err = file.Write(text); err == nil {
		err = os.Rename(file.Name(), m.path)
	}
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	_ = m.file.Close()
	m.file, m.kept, m.most = file, left, max(leastKept, 2*len(left))
	return nil
}

func (r record) bytes() []byte {
	b := append(make([]byte, 0, recordSize), r.signature[:]...)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(r.at)), uint64(r.until))
}

func readRecord(from io.Reader) (r record, err error) {
	var b [recordSize]byte
	if _, err = io.ReadFull(from, b[:]); err != nil {
		return r, err
	}
	copy(r.signature[:], b[:])
	r.at = int64(binary.BigEndian.Uint64(b[sha256.Size:]))
	r.until = int64(binary.BigEndian.Uint64(b[sha256.Size+8:]))
	return r, nil
}

// Remembering gives a verifier, before it is used, the signatures that the server before this one has taken.
func (v *Verifier) Remembering(m *Memory) *Verifier {
	if m != nil && v.replays != nil {
		v.replays.recall(m)
	}
	return v
}

// recall takes the signatures of a memory for used, and keeps others in it from now on.
func (p *replays) recall(m *Memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.kept {
		p.used.Put(r.signature, use{}, time.Unix(r.until, 0))
		p.held[""]++
	}
	p.memory = m
}
