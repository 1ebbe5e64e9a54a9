package logbook

import (
	"math"
	"strings"

	"timbre"
)

// The kinds of records. Each is a folder with the name that AWS gives it in its bucket.
const (
	callRecords   = "Amazon-Chime-Voice-Connector-CDRs" // of bridged calls
	streamRecords = "Amazon-Chime-Voice-Connector-SDRs" // of calls that are received for analysis
)

// shared holds the fields of both kinds. Times are whole seconds; durations are rounded up.
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

// callRecord is a CDR. A field whose value is unknown is empty, so that each record has the same columns.
type callRecord struct {
	shared
	Minutes            float64 `json:"BillableDurationMinutes"`
	AuthUser           string  `json:"SipAuthUser"`
	Source             string  `json:"SourcePhoneNumber"`
	SourceName         string  `json:"SourcePhoneNumberName"`
	SourceCountry      string  `json:"SourceCountry"`
	Destination        string  `json:"DestinationPhoneNumber"`
	DestinationName    string  `json:"DestinationPhoneNumberName"`
	DestinationCountry string  `json:"DestinationCountry"`
	Direction          string  `json:"Direction"`
	Streaming          bool    `json:"Streaming"`
	quality
}

// streamRecord is an SDR.
type streamRecord struct {
	shared
	quality
}

// quality holds the fields that are extensions of AWS's records.
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

// received is the reception of a leg.
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

// records returns the records of an ended call, by kind.
func (r *Records) records(c timbre.Call, receptions []*timbre.Reception, streamed bool) map[string]any {
	common := shared{
		Account: r.env.Account, Transaction: c.TransactionID, Call: c.CallID, Connector: c.ConnectorID, Status: "Completed",
		Start: c.Started.Unix(), End: c.Ended.Unix(), Seconds: int64(math.Ceil(c.Lasted.Seconds())), Region: r.env.Region,
	}
	if c.Failure != "" {
		common.Status = "Failed"
	}
	extension := quality{Legs: []legRecord{}, Warnings: c.Warnings}
	for i, l := range c.Legs {
		leg := legRecord{Side: l.Side.String(), Label: l.Label, Party: l.Party, Stream: l.StreamARN}
		if i < len(receptions) && receptions[i] != nil {
			leg.received = newReceived(receptions[i])
		}
		extension.Legs = append(extension.Legs, leg)
	}
	all := map[string]any{}
	if c.Bridged {
		cdr := common.as("2.0", "AmazonChimeVoiceConnector", strings.ToLower(c.Direction)+"-minutes", "OK", c.Failure)
		all[callRecords] = callRecord{
			cdr, math.Ceil(c.Lasted.Seconds()/6) / 10, authUser(c.Headers), c.From, displayName(c.Headers["from"]), country(c.From),
			c.To, displayName(c.Headers["to"]), country(c.To), c.Direction, streamed, extension,
		}
	}
	if streamed {
		all[streamRecords] = streamRecord{common.as("1.0", "AmazonChime", "audio-streaming", "Streaming succeeded", c.Failure), extension}
	}
	return all
}

// as returns s with the fields of one kind of record. failure, if any, replaces the message of success.
func (s shared) as(schema, service, usage, success, failure string) shared {
	s.Schema, s.Service, s.Usage, s.Message = schema, service, usage, success
	if failure != "" {
		s.Message = failure
	}
	return s
}

func newReceived(r *timbre.Reception) *received {
	return &received{r.Codec, r.Packets, r.Lost, math.Round(1e4*r.Loss()) / 100, r.Late, r.Duplicates, r.Dropped, millis(r.Jitter), r.MOS()}
}

// key is the path of a call's record below the folder of its kind, as in a bucket. It depends on the start of the call, so that a
// record that is written again replaces itself.
func key(c timbre.Call) (folder, name string) {
	at := c.Started.UTC()
	return "json/" + c.ConnectorID + "/" + at.Format(dayLayout), at.Format("15.04.05.000") + "_" + c.TransactionID
}

const dayLayout = "2006/01/02"
