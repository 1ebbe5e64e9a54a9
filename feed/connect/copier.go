package connect

import (
	"context"
	"errors"
	"io"

	"github.com/at-wat/ebml-go"
)

// copier writes the fragments of a contact to the server as one call, which begins with the first.
type copier struct {
	sink    Sink
	contact Contact

	to     *io.PipeWriter // nil until then
	taken  chan error     // what has become of the call
	failed bool           // the server takes no more
}

// errTaken is what the writer of a stream finds that the server has taken to its end.
var errTaken = errors.New("the call has ended")

// copy writes a fragment. What is known of the contact goes into the first one.
func (c *copier) copy(ctx context.Context, f fragment) error {
	parts := [][]byte{f.bytes}
	if c.to == nil {
		said, err := c.contact.tags()
		if err != nil {
			return err
		}
		parts = [][]byte{f.bytes[:f.cluster], said, f.bytes[f.cluster:]}
		c.begin(ctx)
	}
	for _, p := range parts {
		if _, err := c.to.Write(p); err != nil {
			c.failed = true
			return err
		}
	}
	return nil
}

// begin opens the call. An interrupt ends its stream, and with that the call.
func (c *copier) begin(ctx context.Context) {
	stream, to := io.Pipe()
	c.to, c.taken = to, make(chan error, 1)
	go func() {
		err := c.sink.Put(context.WithoutCancel(ctx), stream)
		if err == nil {
			err = errTaken
		}
		_ = stream.CloseWithError(err) // nobody reads on
		c.taken <- err
	}()
}

// close ends the call, if it has begun, and returns why: for what the reading of the contact ended with, or as the server says.
func (c *copier) close(read error) error {
	if c.to == nil {
		return read
	}
	_ = c.to.CloseWithError(read) // nil: the end of the stream
	if err := <-c.taken; !errors.Is(err, errTaken) && (read == nil || errors.Is(read, err)) {
		return err
	}
	return read
}

// simpleTag is a tag as ebml-go writes it.
type simpleTag struct{ TagName, TagString string }

// marshalTags writes an element with tags.
func marshalTags(to io.Writer, all []simpleTag) error {
	var m struct {
		Tags struct {
			Tag struct{ SimpleTag []simpleTag }
		}
	}
	m.Tags.Tag.SimpleTag = all
	return ebml.Marshal(&m, to)
}
