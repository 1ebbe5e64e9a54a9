package event

import (
	"encoding/json"

	"timbre"
)

// metadataRecord is a record of a data stream that tells of the call of a pipeline, so that what follows can be joined to it. It
// is no event of EventBridge: it has neither detail nor source. The original's has no id and no sequence.
type metadataRecord struct {
	ID          string `json:"id"`
	Time        string `json:"time"`
	ServiceType string `json:"service-type"`
	DetailType  string `json:"detail-type"`
	EventType   string `json:"callevent-type,omitempty"`
	Sequence    int64  `json:"sequence"`
	PipelineID  string `json:"mediaInsightsPipelineId"`
	Metadata    string `json:"metadata"` // callMetadata as JSON
}

type callMetadata struct {
	ConnectorID   string `json:"voiceConnectorId"`
	CallID        string `json:"callId"`
	TransactionID string `json:"transactionId"`
	From          string `json:"fromNumber"`
	To            string `json:"toNumber"`
	Direction     string `json:"direction"`
	OneTime       string `json:"oneTimeMetadata"` // oneTimeMetadata as JSON
}

// oneTimeMetadata is too large to be sent with each record. Headers are of the INVITE at first, of the message of an update later.
type oneTimeMetadata struct {
	InviteHeaders string `json:"inviteHeaders,omitempty"` // as JSON
	SIPHeaders    string `json:"sipHeaders,omitempty"`    // as JSON
	Metadata      string `json:"siprecMetadata,omitempty"`
	MetadataJSON  string `json:"siprecMetadataJson,omitempty"` // the same, as JSON; absent if it is not well-formed
}

func metadata(e timbre.Event) (metadataRecord, error) {
	c := e.Call
	headers, err := encode(c.Headers)
	if err != nil {
		return metadataRecord{}, err
	}
	once := oneTimeMetadata{Metadata: c.Metadata, MetadataJSON: xmlToJSON(c.Metadata)}
	switch {
	case len(c.Headers) == 0:
	case e.Status == timbre.CallMetadataUpdate:
		once.SIPHeaders = string(headers)
	default:
		once.InviteHeaders = string(headers)
	}
	inner, err := encode(once)
	if err != nil {
		return metadataRecord{}, err
	}
	outer, err := encode(callMetadata{c.ConnectorID, c.CallID, c.TransactionID, c.From, c.To, c.Direction, string(inner)})
	return metadataRecord{
		e.ID, e.Time.UTC().Format(seconds), "CallAnalytics", string(e.Type), e.Status, e.Sequence, e.Pipeline.ID, string(outer),
	}, err
}

// xmlToJSON returns an XML document as JSON; empty if there is none or it cannot be read.
func xmlToJSON(document string) string {
	v, err := readXML(document)
	if err != nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
