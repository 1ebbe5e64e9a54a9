package timbre_test

import (
	"errors"
	"io"
	"testing"

	"timbre"
)

func TestErrorfKeepsTheCauseOutOfTheMessage(t *testing.T) {
	for _, c := range []struct {
		err       *timbre.Error
		text, msg string
	}{
		{timbre.Errorf(timbre.Gone, "task.Start", "call %d has ended", 7), "task.Start: call 7 has ended", "call 7 has ended"},
		{
			timbre.Errorf(timbre.Internal, "store.Open", "the database cannot be read: %w", io.EOF),
			"store.Open: the database cannot be read: EOF", "the database cannot be read",
		},
		{timbre.Errorf(timbre.Invalid, "", "%w", io.EOF), "EOF", ""},
		{
			timbre.Errorf(timbre.Invalid, "", "row %d: %w", 3, timbre.Errorf(timbre.Gone, "b", "lost: %w", io.EOF)),
			"row 3: b: lost: EOF", "row 3",
		},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := c.err.Error(); got != c.text {
				t.Errorf("got text %q, want %q", got, c.text)
			}
			if c.err.Msg != c.msg {
				t.Errorf("got message %q, want %q", c.err.Msg, c.msg)
			}
			if cause := errors.Unwrap(c.err); cause != nil && !errors.Is(c.err, io.EOF) {
				t.Errorf("got cause %v, want io.EOF in its chain", cause)
			}
		})
	}
}
