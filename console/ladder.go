package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"timbre"
)

// maxMessages is how many SIP messages of a call are shown, the first ones.
const maxMessages = 500

// SIPLog reads the SIP log.
type SIPLog interface {
	// Messages returns the logged messages of a call on a connector, the oldest first and at most most. There are none if the connector
	// logs no SIP.
	Messages(connectorID, callID string, most int) ([]timbre.LoggedMessage, error)
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
	shown, ok := numbers(w, r, v)
	if !ok {
		return
	}
	call, err := c.find(r.Context(), r.PathValue("id"))
	if err != nil {
		c.failed(w, r, err)
		return
	}
	logging, err := c.deps.Store.Logging(r.Context(), call.ConnectorID)
	if err != nil && timbre.KindOf(err) != timbre.NotFound { // the connector may have been deleted since
		c.failed(w, r, err)
		return
	}
	messages, err := c.deps.SIPLog.Messages(call.ConnectorID, call.CallID, maxMessages)
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
