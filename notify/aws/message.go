package aws

import "timbre"

// Message is the text of a message to a queue or a topic.
type Message struct {
	// Records wraps the event as {"Records":[event]}; otherwise the message is the event itself. Records is the envelope that the
	// Lambda trigger of a queue adds, so a consumer that is called through it finds the event in the body of each record.
	Records bool
}

const opening, closing = `{"Records":[`, `]}`

// Body returns the text of a notice.
func (m Message) Body(n timbre.Notice) string {
	if m.Records {
		return opening + string(n.Payload) + closing
	}
	return string(n.Payload)
}

// Size returns the length of the text in bytes.
func (m Message) Size(n timbre.Notice) int {
	if m.Records {
		return len(opening) + len(n.Payload) + len(closing)
	}
	return len(n.Payload)
}
