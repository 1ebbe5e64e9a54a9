package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"timbre"
)

// What is shown of the SIP messages of a call.
const (
	maxMessages = 500             // the first ones
	rings       = 3 * time.Minute // before its audio begins, at most
	hangsUp     = time.Minute     // after its end, at most
)

// SIPLog reads the SIP log.
type SIPLog interface {
	// Messages returns the messages of a call on a connector that were logged from one time to another, the oldest first and at most most.
	// There are none if the connector logs no SIP.
	Messages(connectorID, callID string, from, to time.Time, most int) ([]timbre.LoggedMessage, error)
}

// rung is a SIP message as the page sees it.
type rung struct {
	Time  time.Time `json:"time"`
	From  string    `json:"from"` // peer or server
	Start string    `json:"start"`
	CSeq  string    `json:"cseq"`
	Text  string    `json:"text"`
}

// tellSIP tells the SIP messages of a call.
func (c *Console) tellSIP(w http.ResponseWriter, r *http.Request, v visitor) {
	call, shown, ok := c.asked(w, r, v)
	if !ok {
		return
	}
	logging, err := c.deps.Store.Logging(r.Context(), call.ConnectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound { // the connector may have been deleted since
		c.failed(w, r, err)
		return
	}
	until := c.env.Now()
	if !call.Ended.IsZero() {
		until = call.Ended.Add(hangsUp)
	}
	messages, err := c.deps.SIPLog.Messages(call.ConnectorID, call.CallID, call.Started.Add(-rings), until, maxMessages)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	answer := struct {
		Logged   bool   `json:"logged"`
		Messages []rung `json:"messages"`
	}{logging.SIP || len(messages) > 0, ladder(messages)}
	if !shown {
		for i := range answer.Messages {
			m := &answer.Messages[i]
			m.Start, m.Text = c.deps.Hide(m.Start), c.deps.Hide(m.Text)
		}
	}
	reply(w, http.StatusOK, answer)
}

// ladder says who has sent each message of a dialog that a peer has begun. A request bears the tag of its sender in From, and a response
// repeats that of the request which it answers.
func ladder(messages []timbre.LoggedMessage) []rung {
	list := make([]rung, 0, len(messages)) // encodes as an empty list, not as null
	peer := ""
	for i, m := range messages {
		start, head, _ := strings.Cut(m.Text, "\n")
		tag := tagOf(field(head, "from", "f"))
		if i == 0 {
			peer = tag
		}
		from := "server"
		if response := strings.HasPrefix(start, "SIP/"); (tag == peer) != response {
			from = "peer"
		}
		list = append(list, rung{m.Time.UTC(), from, strings.TrimSpace(start), field(head, "cseq"), m.Text})
	}
	return list
}

// field is the value of the first header of a message that has one of the names.
func field(head string, names ...string) string {
	for line := range strings.SplitSeq(head, "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if slices.Contains(names, strings.ToLower(strings.TrimSpace(name))) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// tagOf is the tag of an address, behind it.
func tagOf(address string) string {
	_, parameters, _ := strings.Cut(address[strings.LastIndexByte(address, '>')+1:], ";tag=")
	tag, _, _ := strings.Cut(parameters, ";")
	return tag
}
