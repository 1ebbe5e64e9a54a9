// Package outbox is `timbre outbox`: an operator's view of the notifications that wait and of the dead letters. It asks the admin port of
// the server, which must run: the server alone writes its database.
package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"timbre"
)

// Client asks a server.
type Client struct {
	Admin string // URL of its admin port
	Token string // see node.OperatorToken
	Out   io.Writer
	JSON  bool
}

// List prints letters, one a line, without their payloads.
func (c Client) List(ctx context.Context, f timbre.LetterFilter) error {
	var list []timbre.Letter
	if err := c.ask(ctx, "list", f, &list); err != nil {
		return err
	}
	if c.JSON {
		return c.encode(list)
	}
	t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NUMBER\tCREATED\tTASK OR CALL\tTARGET\tATTEMPTS\tSTATE\tLAST ERROR")
	for _, l := range list {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%d\t%s\t%s\n", l.Seq, l.Created.Format(time.RFC3339), l.Key, l.Target, l.Tries, state(l), oneLine(l.Death.Error))
	}
	return t.Flush()
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
func (c Client) Show(ctx context.Context, seq int64) error {
	var l timbre.Letter
	if err := c.ask(ctx, fmt.Sprint("show/", seq), timbre.LetterFilter{}, &l); err != nil {
		return err
	}
	if c.JSON {
		return c.encode(struct {
			timbre.Letter
			Payload json.RawMessage
		}{l, l.Payload})
	}
	_, err := fmt.Fprintf(c.Out, "number    %d\nid        %s\ncreated   %s\nkey       %s\ntarget    %s\nattempts  %d\nstate     %s\nerror     %s\n%s\n",
		l.Seq, l.ID, l.Created.Format(time.RFC3339), l.Key, l.Target, l.Tries, state(l), l.Death.Error, l.Payload)
	return err
}

// Change retries or drops letters, and prints how many.
func (c Client) Change(ctx context.Context, what string, f timbre.LetterFilter) error {
	var n int
	if err := c.ask(ctx, what, f, &n); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.Out, n)
	return err
}

func (c Client) encode(v any) error {
	e := json.NewEncoder(c.Out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (c Client) ask(ctx context.Context, what string, f timbre.LetterFilter, answer any) error {
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	at, err := url.JoinPath(c.Admin, "outbox", what)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "--admin: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "--admin: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(r)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, "", "is the server running? %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 256<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return timbre.Errorf(timbre.Invalid, "", "the server at %s answered %d: %s", c.Admin, response.StatusCode, oneLine(string(text)))
	}
	return json.Unmarshal(text, answer)
}
