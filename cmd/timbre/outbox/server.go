package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"timbre"
)

// Server asks a running server.
type Server struct {
	Admin  string       // URL of its admin port
	Token  string       // see node.OperatorToken
	Client *http.Client // nil: one that trusts what the system trusts
}

// Letters implements timbre.Letters.
func (s Server) Letters(ctx context.Context, f timbre.LetterFilter) (list []timbre.Letter, err error) {
	return list, s.ask(ctx, "list", f, &list)
}

// Letter implements timbre.Letters.
func (s Server) Letter(ctx context.Context, seq int64) (l timbre.Letter, err error) {
	return l, s.ask(ctx, fmt.Sprint("show/", seq), timbre.LetterFilter{}, &l)
}

// RetryLetters implements timbre.Letters. The time is the server's.
func (s Server) RetryLetters(ctx context.Context, f timbre.LetterFilter, _ time.Time) (n int, err error) {
	return n, s.ask(ctx, "retry", f, &n)
}

// DropLetters implements timbre.Letters.
func (s Server) DropLetters(ctx context.Context, f timbre.LetterFilter) (n int, err error) {
	return n, s.ask(ctx, "drop", f, &n)
}

// Targets implements Outbox.
func (s Server) Targets(ctx context.Context) (list []timbre.TargetReport, err error) {
	return list, s.ask(ctx, "targets", timbre.LetterFilter{}, &list)
}

func (s Server) ask(ctx context.Context, what string, f timbre.LetterFilter, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	at, err := url.JoinPath(s.Admin, "outbox", what)
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "--admin.listen: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "--admin.listen: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	client := s.Client
	if client == nil {
		client = new(http.Client)
	}
	response, err := client.Do(r)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, "", "no server answers at %s, which should be the admin port: %w", s.Admin, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 256<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return timbre.Errorf(timbre.Invalid, "", "the server at %s answered %d: %s", s.Admin, response.StatusCode, oneLine(string(text)))
	}
	if json.Unmarshal(text, answer) != nil {
		return timbre.Errorf(timbre.Invalid, "", "%s is not the admin port of a Timbre server", s.Admin)
	}
	return nil
}
