package logbook

import (
	"math"
	"strings"

	"timbre"
)

// The kinds of records: each is a folder, named as the original names them in its bucket.
const (
	callRecords   = "Amazon-Chime-Voice-Connector-CDRs" // of calls that were put through
	streamRecords = "Amazon-Chime-Voice-Connector-SDRs" // of calls whose audio came to be heard
)

// shared is what both kinds of records say. Times are whole seconds, durations are rounded up.
type shared struct {
	Schema      string `json:"SchemaVersion"`
	Account     string `json:"AwsAccountId"`
	Transaction string `json:"TransactionId"`
	Call        string `json:"CallId"`
	Connector   string `json:"VoiceConnectorId"`
	Status      string `json:"Status"` // Completed or Failed
	Message     string `json:"StatusMessage"`
	Service     string `json:"ServiceCode"`
	Usage       string `json:"UsageType"`
	Seconds     int64  `json:"BillableDurationSeconds"`
	Start       int64  `json:"StartTimeEpochSeconds"`
	End         int64  `json:"EndTimeEpochSeconds"`
	Region      string `json:"Region"`
}

// callRecord is a CDR.
type callRecord struct {
	shared
	Minutes     float64 `json:"BillableDurationMinutes"`
	Source      string  `json:"SourcePhoneNumber"`
	Destination string  `json:"DestinationPhoneNumber"`
	Direction   string  `json:"Direction"`
	Streaming   bool    `json:"Streaming"`
	quality
}

// streamRecord is an SDR.
type streamRecord struct {
	shared
	quality
}

// quality is what the original's records do not have.
type quality struct {
	Legs     []legRecord `json:"Legs"`
	Warnings []string    `json:"Warnings,omitempty"`
}

type legRecord struct {
	Side   string `json:"Side"` // caller, callee or mixed
	Label  string `json:"Label,omitempty"`
	Party  string `json:"Party,omitempty"`
	Stream string `json:"StreamArn,omitempty"`
	*received
}

// received is what came on a leg.
type received struct {
	Codec      string  `json:"Codec,omitempty"`
	Packets    uint64  `json:"Packets"`
	Lost       uint64  `json:"Lost"`
	Loss       float64 `json:"LossPercent"`
	Late       uint64  `json:"Late"`
	Duplicates uint64  `json:"Duplicates"`
	Dropped    uint64  `json:"Dropped"`
	Jitter     float64 `json:"JitterMs"`
	MOS        float64 `json:"Mos,omitempty"`
}

// records are those of a call that has ended, by their kind.
func (r *Records) records(c timbre.Call, heard []*timbre.Reception, streamed bool) map[string]any {
	lasted := max(0, c.Ended.Sub(c.Started)).Seconds() // a clock may have been set back
	said := shared{
		Account: r.cfg.Account, Transaction: c.TransactionID, Call: c.CallID, Connector: c.ConnectorID, Status: "Completed",
		Start: c.Started.Unix(), End: c.Ended.Unix(), Seconds: int64(math.Ceil(lasted)), Region: r.cfg.Region,
	}
	if c.Failure != "" {
		said.Status = "Failed"
	}
	how := quality{Legs: []legRecord{}, Warnings: c.Warnings}
	for i, l := range c.Legs {
		leg := legRecord{Side: l.Side.String(), Label: l.Label, Party: l.Party, Stream: l.StreamARN}
		if i < len(heard) && heard[i] != nil {
			leg.received = came(heard[i])
		}
		how.Legs = append(how.Legs, leg)
	}
	all := map[string]any{}
	if c.Bridged {
		said := said.as("2.0", "AmazonChimeVoiceConnector", strings.ToLower(c.Direction)+"-minutes", "OK", c.Failure)
		all[callRecords] = callRecord{said, math.Ceil(lasted/6) / 10, c.From, c.To, c.Direction, streamed, how}
	}
	if streamed {
		all[streamRecords] = streamRecord{said.as("1.0", "AmazonChime", "audio-streaming", "Streaming succeeded", c.Failure), how}
	}
	return all
}

// as fills in what is of a kind of records. failure takes the place of the message that all is well.
func (s shared) as(schema, service, usage, well, failure string) shared {
	s.Schema, s.Service, s.Usage, s.Message = schema, service, usage, well
	if failure != "" {
		s.Message = failure
	}
	return s
}

func came(r *timbre.Reception) *received {
	return &received{r.Codec, r.Packets, r.Lost, math.Round(1e4*r.Loss()) / 100, r.Late, r.Duplicates, r.Dropped, millis(r.Jitter), r.MOS()}
}

// key is where the record of a call stands below the folder of its kind: as it would in a bucket. It goes by when the call
// began, so that a record that is written again replaces itself.
func key(c timbre.Call) (folder, name string) {
	at := c.Started.UTC()
	return "json/" + c.ConnectorID + "/" + at.Format(dayLayout), at.Format("15.04.05.000") + "_" + c.TransactionID
}

const dayLayout = "2006/01/02"
