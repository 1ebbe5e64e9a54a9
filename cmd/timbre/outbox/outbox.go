// Package outbox is `timbre outbox`: an operator's view of the notifications that wait and of the dead letters. A running server is asked on
// its admin port, because it alone writes its database; without one the database is opened.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"timbre"
)

// Outbox is that of a server, or of a data folder.
type Outbox interface {
	timbre.Letters
	// Targets returns the targets for which something waits or is dead, and those that do not work.
	Targets(ctx context.Context) ([]timbre.TargetReport, error)
}

// View prints an outbox.
type View struct {
	Of   Outbox
	Out  io.Writer
	JSON bool
}

// List prints letters, one a line, without their payloads.
func (v View) List(ctx context.Context, f timbre.LetterFilter) error {
	list, err := v.Of.Letters(ctx, f)
	if err != nil {
		return err
	}
	if v.JSON {
		return v.encode(list)
	}
	t := v.table("NUMBER\tCREATED\tTASK OR CALL\tTARGET\tATTEMPTS\tSTATE\tLAST ERROR")
	for _, l := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%s\t%s\n", l.Seq, l.Created.Format(time.RFC3339), l.Key, l.Target, l.Tries, state(l), oneLine(l.Death.Error))
	}
	return t.Flush()
}

// Targets prints the targets, one a line.
func (v View) Targets(ctx context.Context) error {
	list, err := v.Of.Targets(ctx)
	if err != nil {
		return err
	}
	if v.JSON {
		return v.encode(list)
	}
	t := v.table("TARGET\tDELIVERY\tFAILURES\tWAITING\tOLDEST\tDEAD\tBYTES\tLAST ERROR")
	for _, r := range list {
		oldest := "-"
		if !r.Oldest.IsZero() {
			oldest = r.Oldest.Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\t%d\t%d\t%s\n", r.Target, delivery(r), r.Failures, r.Waiting, oldest, r.Dead, r.Bytes, oneLine(r.Error))
	}
	return t.Flush()
}

func (v View) table(head string) *tabwriter.Writer {
	t := tabwriter.NewWriter(v.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, head)
	return t
}

func delivery(r timbre.TargetReport) string {
	switch {
	case r.Delivery == timbre.DeliveryUnknown:
		return "no server runs"
	case r.Next.IsZero():
		return string(r.Delivery)
	}
	return string(r.Delivery) + " until " + r.Next.Format(time.RFC3339)
}

func state(l timbre.Letter) string {
	switch {
	case l.Dead:
		return "dead: " + l.Death.Cause
	case l.Next.IsZero():
		return "waits"
	}
	return "next at " + l.Next.Format(time.RFC3339)
}

// oneLine keeps a table a table, whatever a service has answered.
func oneLine(text string) string {
	if text = strings.Join(strings.Fields(text), " "); len(text) > 100 {
		return strings.ToValidUTF8(text[:100], "") + "…"
	}
	return text
}

// Show prints one letter with its payload.
func (v View) Show(ctx context.Context, seq int64) error {
	l, err := v.Of.Letter(ctx, seq)
	if err != nil {
		return err
	}
	if v.JSON {
		return v.encode(struct {
			timbre.Letter
			Payload json.RawMessage
		}{l, l.Payload})
	}
	_, err = fmt.Fprintf(v.Out, "number    %d\nid        %s\ncreated   %s\nkey       %s\ntarget    %s\nattempts  %d\nstate     %s\nerror     %s\n%s\n",
		l.Seq, l.ID, l.Created.Format(time.RFC3339), l.Key, l.Target, l.Tries, state(l), l.Death.Error, l.Payload)
	return err
}

// Retry tries letters again, and prints how many.
func (v View) Retry(ctx context.Context, f timbre.LetterFilter) error {
	n, err := v.Of.RetryLetters(ctx, f, time.Now())
	return v.count(n, err)
}

// Drop erases letters, and prints how many.
func (v View) Drop(ctx context.Context, f timbre.LetterFilter) error {
	n, err := v.Of.DropLetters(ctx, f)
	return v.count(n, err)
}

func (v View) count(n int, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(v.Out, n)
	return err
}

func (v View) encode(what any) error {
	e := json.NewEncoder(v.Out)
	e.SetIndent("", "  ")
	return e.Encode(what)
}
