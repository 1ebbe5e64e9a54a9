package file

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// lines is a file. One batch at a time is written, by the goroutine that has put a value into busy.
type lines struct {
	disk Disk
	path string
	busy chan struct{}
}

// write appends text and waits until the disk has it. Nothing can end a write to a disk that hangs, as one of the network: it is left
// alone when ctx ends, and keeps the file busy, so that later ones wait behind it in their order.
func (l *lines) write(ctx context.Context, text []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	written := make(chan error, 1)
	go func() {
		defer func() { <-l.busy }()
		written <- l.append(text)
	}()
	select {
	case err := <-written:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// append opens the file for each batch, so it can be renamed or removed at any time. What an earlier write has left unfinished was never
// reported as delivered, so it is cut off.
func (l *lines) append(text []byte) (err error) {
	f, err := l.disk.Open(l.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, err := lastLine(f)
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	_, err = f.WriteAt(text, end)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(end))
	}
	return nil
}

// lastLine returns where the last whole line ends.
func lastLine(f File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	block := make([]byte, 4096)
	for err == nil && end > 0 {
		from := max(0, end-int64(len(block)))
		part := block[:end-from]
		if _, err = f.ReadAt(part, from); err != nil {
			break
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return end, err
}
