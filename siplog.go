package timbre

import (
	"fmt"
	"time"
)

// ReceptionLog records, once a minute, what was received on each stream of a connector's calls.
type ReceptionLog interface {
	Reception(connectorID string, r Reception)
}

// SIPLog records the SIP messages of a connector's calls, and the reception of their streams. Whether a record is kept is
// decided by the connector's logging configuration.
type SIPLog interface {
	ReceptionLog
	// Message records a message. Text is rendered only if it is kept.
	Message(connectorID, callID string, text fmt.Stringer)
}

// LoggedMessage is a SIP message of the log.
type LoggedMessage struct {
	Time time.Time
	Text string // as the log has it: without secrets
}
