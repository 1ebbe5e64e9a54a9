package timbre

import (
	"encoding/json"
	"net/netip"
	"time"
)

// Connector is a Voice Connector: where calls come in.
type Connector struct {
	ID, ARN, Name, Region        string
	OutboundHost                 string // <id>.voiceconnector.chime.aws
	RequireEncryption            bool
	IntegrationType, NetworkType string
	Tags                         map[string]string
	Created, Updated             time.Time
}

// Streaming is a connector's streaming configuration.
type Streaming struct {
	RetentionHours int
	Disabled       bool
	Targets        []string // EventBridge, SNS, SQS: who is told of streams
	Insights       *InsightsLink
}

// InsightsLink ties a call analytics configuration to a connector.
type InsightsLink struct {
	Disabled         bool
	ConfigurationARN string
}

// Termination says who may send calls to a connector.
type Termination struct {
	Disabled           bool
	CIDRs              []string // allowed hosts
	CPSLimit           int      // calls a second, 0 without limit
	CallingRegions     []string
	DefaultPhoneNumber string
}

// Allows reports whether the allowed hosts contain a source: see AllowedNetwork.
func (t Termination) Allows(source netip.Addr) bool {
	source = PlainAddr(source)
	for _, host := range t.CIDRs {
		if network, ok := AllowedNetwork(host); ok && network.Contains(source) {
			return true
		}
	}
	return false
}

// Origination says where a connector's own calls go: routes in the order of their priority, by weight among equals.
type Origination struct {
	Disabled bool
	Routes   []Route
}

// Route is a host that takes calls.
type Route struct {
	Host             string
	Port             int
	Protocol         string // TCP or UDP
	Priority, Weight int    // 1 to 100, 1 first; 0: not said
}

// Logging says what is written down of a connector's calls.
type Logging struct {
	SIP   bool // every SIP message
	Media bool // what came on each stream, once a minute
}

// Credential lets a caller in who is not among a termination's allowed hosts. The password itself is not kept.
type Credential struct {
	Username string
	Realm    string // OutboundHost of the connector
	MD5      string // of username:realm:password, in hexadecimal: HA1 of RFC 7616
	SHA256   string // the same by the other algorithm
}

// Ping is a SIP OPTIONS request: a sign that a connector's callers are alive.
type Ping struct {
	At     time.Time
	Source string // its IP address
}

// Configuration is a media insights pipeline configuration: which processors and sinks calls get.
type Configuration struct {
	ID, ARN, Name, RoleARN string
	Elements               []Element
	Alerts                 json.RawMessage // RealTimeAlertConfiguration as given
	Tags                   map[string]string
	Token, Fingerprint     string // ClientRequestToken of the creation, and a digest of its parameters
	Created, Updated       time.Time
}

// Element is one processor or sink of a configuration.
type Element struct {
	Type     string          // VoiceAnalyticsProcessor, SqsQueueSink, …
	Target   string          // InsightsTarget of a sink
	Document json.RawMessage // the element as it was given, Type included
}

// Analyses says whether the configuration has the voice analytics processor, and tasks of a kind enabled in it. What the
// processor does not name is enabled.
func (c *Configuration) Analyses(k TaskKind) bool {
	for _, e := range c.Elements {
		if e.Type == "VoiceAnalyticsProcessor" {
			var doc struct {
				VoiceAnalyticsProcessorConfiguration struct{ SpeakerSearchStatus, VoiceToneAnalysisStatus string }
			}
			_ = json.Unmarshal(e.Document, &doc) // none: nothing is named
			own := doc.VoiceAnalyticsProcessorConfiguration
			return map[TaskKind]string{SpeakerSearch: own.SpeakerSearchStatus, VoiceTone: own.VoiceToneAnalysisStatus}[k] != "Disabled"
		}
	}
	return false
}
