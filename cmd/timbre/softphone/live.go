package softphone

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"timbre"
	"timbre/cmd/timbre/terminal"
)

// Live lists the live calls of a server.
type Live struct {
	Admin   string           // the server's admin.listen, with or without http://
	JSON    bool             // print the list as the server gives it
	Numbers bool             // with phone numbers, which needs the token
	Token   string           // of the operator; empty: none
	Client  *http.Client     // nil: one that trusts what the system trusts
	Now     func() time.Time // nil: time.Now
}

// entry is a live call as GET /calls returns it.
type entry struct {
	TransactionID string    `json:"transactionId"`
	ConnectorID   string    `json:"connectorId"`
	From          string    `json:"from"`
	To            string    `json:"to"`
	Started       time.Time `json:"started"`
	Legs          []leg     `json:"legs"`
}

type leg struct {
	Side     string `json:"side"`
	Received struct {
		Codec string  `json:"codec"`
		Loss  float64 `json:"lossPercent"`
		MOS   float64 `json:"mos"`
	} `json:"received"`
}

// String shows the side of a leg and, once it has audio, its reception.
func (l leg) String() string {
	if l.Received.MOS == 0 {
		return l.Side
	}
	return fmt.Sprintf("%s (%s, %.1f %% lost, MOS %.1f)", l.Side, l.Received.Codec, l.Received.Loss, l.Received.MOS)
}

const (
	replyTimeout = 10 * time.Second // for the server's response
	maxReply     = 64 << 20         // bytes of the response that are read
)

// Do prints the live calls of a server.
func (l Live) Do(ctx context.Context, out io.Writer) error {
	body, err := l.fetch(ctx)
	if err != nil {
		return err
	}
	var calls []entry
	if err := json.Unmarshal(body, &calls); err != nil {
		return timbre.Errorf(timbre.Invalid, "", "%s is not the admin port of a Timbre server", l.Admin)
	}
	if l.JSON {
		_, err = out.Write(body)
		return err
	}
	now := time.Now
	if l.Now != nil {
		now = l.Now
	}
	return table(out, calls, now())
}

func (l Live) fetch(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, replyTimeout)
	defer cancel()
	at := strings.TrimSuffix(l.Admin, "/")
	if !strings.Contains(at, "://") {
		at = "http://" + at // in the form of the setting
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/calls", nil)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "", "--admin: %w", err)
	}
	if l.Numbers {
		req.URL.RawQuery = "numbers=show"
	}
	if l.Token != "" {
		req.Header.Set("Authorization", "Bearer "+l.Token)
	}
	client := l.Client
	if client == nil {
		client = new(http.Client)
	}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return nil, timbre.Errorf(timbre.Unavailable, "", "cannot reach the server: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return nil, timbre.Errorf(timbre.Unavailable, "", "%s answered %s", req.URL, res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxReply))
}

func table(out io.Writer, calls []entry, now time.Time) error {
	if len(calls) == 0 {
		_, err := fmt.Fprintln(out, "no live calls")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "TRANSACTION\tCONNECTOR\tFROM\tTO\tSINCE\tLEGS")
	for _, c := range calls {
		sides := make([]string, 0, len(c.Legs))
		for _, l := range c.Legs {
			sides = append(sides, l.String())
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", c.TransactionID, c.ConnectorID, c.From, c.To,
			terminal.Clock(now.Sub(c.Started)), strings.Join(sides, ", "))
	}
	return w.Flush()
}
