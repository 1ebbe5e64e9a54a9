package logbook

import (
	"math"
	"time"

	"timbre"
)

// media is a line of media.jsonl: the reception of one stream of a call since the previous line.
type media struct {
	Connector     string  `json:"voice_connector_id"`
	Time          int64   `json:"event_timestamp"` // milliseconds since 1970
	Call          string  `json:"call_id"`         // the transaction id
	From          string  `json:"from_sip_user"`
	To            string  `json:"to_sip_user"`
	Label         string  `json:"stream_label,omitempty"`
	Codec         string  `json:"codec,omitempty"`
	Packets       uint64  `json:"rtp_packets_received"`
	Lost          uint64  `json:"rtp_packets_lost"`
	Late          uint64  `json:"rtp_packets_late"`
	Duplicates    uint64  `json:"rtp_packets_duplicate"`
	Dropped       uint64  `json:"rtp_packets_dropped"`
	SenderReports uint64  `json:"rtcp_sender_reports_received"`
	Jitter        float64 `json:"jitter"`        // milliseconds
	MOS           float64 `json:"mos,omitempty"` // absent if nothing arrived or the codec is unknown
}

// Reception writes the reception of a stream, if the connector asks for media logs.
func (l *Logs) Reception(connectorID string, r timbre.Reception) {
	if l.logging(connectorID).Media {
		l.write(connectorID, mediaLog, media{
			connectorID, l.env.Now().UnixMilli(), r.TransactionID, r.From, r.To, r.Label, r.Codec,
			r.Packets, r.Lost, r.Late, r.Duplicates, r.Dropped, r.SenderReports,
			millis(r.Jitter), r.MOS(),
		})
	}
}

// millis converts to milliseconds, rounded to the microsecond.
func millis(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*1000) / 1000
}
