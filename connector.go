package timbre

import (
	"encoding/json"
	"net/netip"
	"time"
)

// Connector is a Voice Connector: it receives calls.
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
	Targets        []string // EventBridge, SNS, SQS: where streaming events are sent
	Insights       *InsightsLink
}

// InsightsLink links a connector to a call analytics configuration.
type InsightsLink struct {
	Disabled         bool
	ConfigurationARN string
}

// Termination defines who may send calls to a connector.
type Termination struct {
	Disabled           bool
	CIDRs              []string // allowed hosts
	CPSLimit           int      // calls a second, 0 without limit
	CallingRegions     []string
	DefaultPhoneNumber string
}

// Allows reports whether the allowed hosts contain a source: see AllowedNetwork.
func (t Termination) Allows(source netip.Addr) bool {
	return t.allows(source, func(netip.Prefix) bool { return true })
}

// Relays reports whether a network in the allowed hosts contains a source that may put calls through: see RelayNetwork.
func (t Termination) Relays(source netip.Addr) bool { return t.allows(source, RelayNetwork) }

func (t Termination) allows(source netip.Addr, counts func(netip.Prefix) bool) bool {
	source = PlainAddr(source)
	for _, host := range t.CIDRs {
		if network, ok := AllowedNetwork(host); ok && network.Contains(source) && counts(network) {
			return true
		}
	}
	return false
}

// Origination defines where bridged calls go: routes by priority, and by weight within a priority.
type Origination struct {
	Disabled bool
	Routes   []Route
}

// Route is a host that receives bridged calls.
type Route struct {
	Host             string
	Port             int
	Protocol         string // TCP or UDP
	Priority, Weight int    // 1 to 100, 1 first; 0: not given
}

// Logging defines what is logged of a connector's calls.
type Logging struct {
	SIP   bool // every SIP message
	Media bool // the reception of each stream, once a minute
}

// Credential admits a caller that is not in the termination's allowed hosts. The password is not stored.
type Credential struct {
	Username string
	Realm    string // OutboundHost of the connector
	MD5      string // of username:realm:password, in hexadecimal: HA1 of RFC 7616
	SHA256   string // the same with SHA-256
}

// Ping is a SIP OPTIONS request, the keepalive of a connector's callers.
type Ping struct {
	At     time.Time
	Source string // its IP address
}

// Configuration is a media insights pipeline configuration: the processors and sinks of calls.
type Configuration struct {
	ID, ARN, Name, RoleARN string
	Elements               []Element
	Alerts                 json.RawMessage // RealTimeAlertConfiguration as received
	Tags                   map[string]string
	Token, Fingerprint     string // ClientRequestToken of the creation, and a digest of its parameters
	Created, Updated       time.Time
}

// Element is one processor or sink of a configuration.
type Element struct {
	Type     string          // VoiceAnalyticsProcessor, SqsQueueSink, …
	Target   string          // InsightsTarget of a sink
	Document json.RawMessage // the element as received, Type included
}

// Analyses reports whether the configuration has the voice analytics processor with tasks of a kind enabled. Kinds that the
// processor does not name are enabled.
func (c *Configuration) Analyses(k TaskKind) bool {
	for _, e := range c.Elements {
		if e.Type == "VoiceAnalyticsProcessor" {
			var doc struct {
				VoiceAnalyticsProcessorConfiguration struct{ SpeakerSearchStatus, VoiceToneAnalysisStatus string }
			}
			_ = json.Unmarshal(e.Document, &doc) // a missing document names nothing
			own := doc.VoiceAnalyticsProcessorConfiguration
			return map[TaskKind]string{SpeakerSearch: own.SpeakerSearchStatus, VoiceTone: own.VoiceToneAnalysisStatus}[k] != "Disabled"
		}
	}
	return false
}
