package logbook

import (
	"math"
	"time"

	"timbre"
)

// media is a line of media.jsonl: what came on one stream of a call since the line before.
type media struct {
	Connector     string  `json:"voice_connector_id"`
	Time          int64   `json:"event_timestamp"` // milliseconds since 1970
	Call          string  `json:"call_id"`         // the transaction id
	From          string  `json:"from_sip_user"`
	To            string  `json:"to_sip_user"`
	Label         string  `json:"stream_label,omitempty"`
	Packets       uint64  `json:"rtp_packets_received"`
	Lost          uint64  `json:"rtp_packets_lost"`
	Late          uint64  `json:"rtp_packets_late"`
	Duplicates    uint64  `json:"rtp_packets_duplicate"`
	Dropped       uint64  `json:"rtp_packets_dropped"`
	SenderReports uint64  `json:"rtcp_sender_reports_received"`
	Jitter        float64 `json:"jitter"`        // milliseconds
	MOS           float64 `json:"mos,omitempty"` // left out when nothing came
}

// Reception writes what came on a stream, if the connector wants it.
func (b *Book) Reception(connectorID string, r timbre.Reception) {
	if l := b.wanted(connectorID); l.Media {
		b.write(connectorID, "media.jsonl", media{connectorID, b.cfg.Now().UnixMilli(), r.TransactionID, r.From, r.To, r.Label,
			r.Packets, r.Lost, r.Late, r.Duplicates, r.Dropped, r.SenderReports,
			math.Round(float64(r.Jitter)/float64(time.Millisecond)*1000) / 1000, opinion(r)})
	}
}

// opinion is the mean opinion score that listeners would give, 1 to 4.41, by the E-model (ITU-T G.107, and G.113 for G.711
// without concealment) from the share of packets that were lost or too late. The delay between the parties is not known
// here, and not counted.
func opinion(r timbre.Reception) float64 {
	missing, all := float64(r.Lost+r.Late), float64(r.Packets+r.Lost)
	if r.Packets == 0 {
		return 0
	}
	const best, robustness = 93.2, 4.3
	loss := 100 * min(missing/all, 1)
	q := best - 95*loss/(loss+robustness)
	if q <= 0 {
		return 1
	}
	return math.Round(100*(1+0.035*q+q*(q-60)*(100-q)*7e-6)) / 100
}
