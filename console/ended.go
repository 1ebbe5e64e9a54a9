package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"timbre"
)

const (
	endedPage = 50  // calls, unless a request says otherwise
	endedMost = 200 // calls of a page
)

// tellEnded lists ended calls, the last one first.
func (c *Console) tellEnded(w http.ResponseWriter, r *http.Request, v visitor) {
	shown, ok := numbers(w, r, v)
	if !ok {
		return
	}
	f, err := endedFilter(r.URL.Query())
	if err != nil {
		c.failed(w, r, err)
		return
	}
	if f.Number != "" && !v.key.May(timbre.ActionGetNumbers, "*") { // answers to many would tell a masked number, digit by digit
		lacks(w, timbre.ActionGetNumbers)
		return
	}
	calls, next, err := c.deps.Store.EndedCalls(r.Context(), f)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	answer := struct {
		Calls []callOf `json:"calls"`
		Next  string   `json:"next,omitempty"`
		// Before is the end of the last call that was looked at: the list goes on there.
		Before time.Time `json:"before,omitzero"`
	}{Calls: []callOf{}, Next: cursorOf(next), Before: next.Ended}
	for _, call := range calls {
		answer.Calls = append(answer.Calls, c.show(call, shown))
	}
	reply(w, http.StatusOK, answer)
}

// endedFilter reads the filter of a query.
func endedFilter(q url.Values) (f timbre.EndedFilter, err error) {
	f.ConnectorID, f.Number, f.Limit = q.Get("connector"), strings.TrimPrefix(q.Get("number"), "+"), endedPage
	if f.From, err = timeOf(q, "from"); err == nil {
		f.To, err = timeOf(q, "to")
	}
	if err != nil {
		return f, err
	}
	switch outcome := q.Get("outcome"); outcome {
	case "":
	case "completed", "failed":
		f.Outcome = timbre.CallOutcome(outcome)
	default:
		return f, invalid("outcome is completed or failed")
	}
	if text := q.Get("limit"); text != "" {
		if f.Limit, err = strconv.Atoi(text); err != nil || f.Limit < 1 || f.Limit > endedMost {
			return f, invalid("limit is 1 to %d", endedMost)
		}
	}
	f.After, err = placeOf(q.Get("after"))
	return f, err
}

func timeOf(q url.Values, name string) (t time.Time, err error) {
	if text := q.Get(name); text != "" {
		if t, err = time.Parse(time.RFC3339, text); err != nil {
			return t, invalid("%s is a time such as 2026-11-25T10:00:00Z", name)
		}
	}
	return t, nil
}

// cursorOf is where a list goes on; empty: it has ended.
func cursorOf(p timbre.EndedPlace) string {
	if p.TransactionID == "" {
		return ""
	}
	return strconv.FormatInt(p.Ended.UnixNano(), 10) + "-" + p.TransactionID
}

func placeOf(cursor string) (p timbre.EndedPlace, err error) {
	if cursor == "" {
		return p, nil
	}
	nanoseconds, id, _ := strings.Cut(cursor, "-")
	at, err := strconv.ParseInt(nanoseconds, 10, 64)
	if err != nil || id == "" {
		return p, invalid("after is not where a list has ended")
	}
	return timbre.EndedPlace{Ended: time.Unix(0, at).UTC(), TransactionID: id}, nil
}

func invalid(format string, args ...any) error {
	return timbre.Errorf(timbre.Invalid, "console", format, args...)
}

// matchOfProfile is when a profile was found last.
type matchOfProfile struct {
	Time          time.Time `json:"time"`
	TransactionID string    `json:"transactionId"`
	Confidence    float64   `json:"confidence"`
}

// tellMatches tells when the profiles of a domain were found last.
func (c *Console) tellMatches(w http.ResponseWriter, r *http.Request, v visitor) {
	domain := r.PathValue("id")
	if !v.key.May(listProfiles, c.arn("voice-profile-domain/"+domain)) {
		lacks(w, listProfiles)
		return
	}
	last, err := c.lastMatches(r.Context(), domain)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	reply(w, http.StatusOK, last)
}

// lastMatches are those of the searches that are still kept, by profile.
func (c *Console) lastMatches(ctx context.Context, domainID string) (map[string]matchOfProfile, error) {
	if _, err := c.deps.Store.Domain(ctx, domainID); err != nil {
		return nil, err
	}
	searches, err := c.deps.Store.LastSearches(ctx, domainID)
	last := map[string]matchOfProfile{}
	for _, t := range searches { // the last one first
		for _, m := range t.Matches {
			if _, known := last[m.ProfileID]; !known {
				last[m.ProfileID] = matchOfProfile{t.Updated.UTC(), t.TransactionID, m.Confidence}
			}
		}
	}
	return last, err
}
