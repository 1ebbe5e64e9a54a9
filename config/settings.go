// Package config turns flags, environment and a YAML file into one Settings, and tells of each value where it came from.
// A key is spelled alike everywhere: --api.listen, TIMBRE_API_LISTEN, and api.listen (or listen under api) in the file;
// a flag goes before the environment, that before the file. It also keeps the file of access keys. It opens no sockets
// and no database, and starts nothing.
package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Settings are all settings of a server. Embed it in a kong command, and give kong.New the Options; its hooks do the rest.
// A program that needs no command line begins with Defaults.
type Settings struct {
	File string `name:"config" placeholder:"FILE" help:"YAML file with settings."`

	Data            string `default:"./timbre-data" help:"Folder of everything that must survive: database, keys, credentials."`
	Logs            string `default:"DATA/logs" help:"Folder of the logs that connectors ask for: SIP messages and figures of their audio; DATA is the folder of data."`
	Records         int    `default:"7" help:"Days that call records are kept: a file below logs for each call that has ended, with its phone numbers. 0: none are written."`
	API             API    `embed:"" prefix:"api."`
	Admin           Admin  `embed:"" prefix:"admin."`
	SIP             SIP    `embed:"" prefix:"sip."`
	RTP             RTP    `embed:"" prefix:"rtp."`
	Feed            Feed   `embed:"" prefix:"feed."`
	Trunk           Trunk  `embed:"" prefix:"trunk."`
	Account         string `default:"000000000000" help:"AWS account number in ARNs."`
	Region          string `default:"us-east-1" help:"Region in ARNs; signatures for any region are taken."`
	AccessKeyID     string `name:"access_key_id" placeholder:"ID" help:"Access key that requests are signed with; made at the first start if not given."`
	SecretAccessKey string `name:"secret_access_key" placeholder:"SECRET" secret:"" help:"Its secret. Better given by file or environment than as a flag."`

	Numbers   []string `placeholder:"+NUMBER" help:"Phone numbers of the inventory, in E.164 form with the plus: those that can be given to connectors."`
	Store     Store    `embed:"" prefix:"store."`
	Notify    Notify   `embed:"" prefix:"notify."`
	Search    Search   `embed:"" prefix:"search."`
	Legs      Legs     `embed:"" prefix:"legs."`
	Infer     Infer    `embed:"" prefix:"infer."`
	Log       Log      `embed:"" prefix:"log."`
	Analytics string   `default:"configured" enum:"configured,always" help:"Which calls may be analysed: those of connectors that are configured for it, or always."`
	Quotas    string   `default:"off" enum:"off,aws" help:"Quotas and rates: off (only what protects the server), or those of a new AWS account."`

	Limits map[string]int `mapsep:"," placeholder:"NAME=NUMBER,..." help:"Single quotas, before those of quotas: connectors, configurations, pipelines (live), domains, profiles (of a domain), tasks (active), analysed (calls with an active task), calls (live ones of a connector), cps (calls a second of a connector), crowd (requests at once on one domain, profile or task), groups (of connectors), members (of a group), numbers (listed), tags (of a resource). 0 is no limit."`
	Rate   map[string]int `mapsep:"," placeholder:"CLASS=NUMBER,..." help:"Requests a second that each access key may make, before those of quotas, for a class of operations: domains, profiles, searches, tones, configurations, pipelines, connectors (and all others). 0 is no limit."`

	origins map[string]Origin // of the keys that are not defaults
}

// API is where the two AWS APIs listen.
type API struct {
	Listen Address `default:"127.0.0.1:8080" help:"The AWS APIs."`
	TLS    TLS     `embed:"" prefix:"tls."`
}

// TLS is what a server shows of itself: the API speaks in the clear without it, and SIP has no tls:// then. New files are
// taken at the next handshake.
type TLS struct {
	Cert string `help:"File of its certificate chain, PEM, for TLS; read anew when it changes."`
	Key  string `help:"File of the certificate's key, PEM."`
}

// Admin is where the operator's pages listen.
type Admin struct {
	Listen Address `default:"127.0.0.1:9090" help:"Health, metrics and live calls."`
}

// SIP is where calls are signalled.
type SIP struct {
	Listen    []Endpoint    `default:"udp://127.0.0.1:5060,tcp://127.0.0.1:5060" help:"SIP over UDP, TCP (tcp://) and TLS (tls://)."`
	TLS       TLS           `embed:"" prefix:"tls."`
	Address   []netip.Addr  `placeholder:"IP" help:"Address announced in Contact and Via, behind NAT: one of IPv4, one of IPv6, or both; by default the one that the INVITE came in on."`
	DSCP      int           `default:"24" help:"Mark of all that is sent, 0 to 63."`
	Invites   int           `default:"500" help:"INVITEs a second that one source may send; the rest is answered with 503, and then not at all. 0 is no limit."`
	Ban       time.Duration `default:"10m" help:"How long a source that no connector allows is not heard once it has failed too often; 0 is never."`
	Strangers string        `default:"refuse" enum:"refuse,drop" help:"Sources that no connector allows, while none has credentials: refuse, a few times, or drop unread."`
}

// RTP is where the audio of calls arrives.
type RTP struct {
	Ports   Ports         `default:"20000-29999" help:"UDP ports of audio, in pairs of an even and an odd one."`
	Address []netip.Addr  `placeholder:"IP" help:"Address announced in SDP, behind NAT: one of IPv4, one of IPv6, or both; by default the one that the INVITE came in on."`
	Latch   string        `default:"signalled" enum:"signalled,any" help:"Where audio is taken from: the hosts that the signalling names, or any (an SBC behind NAT)."`
	DSCP    int           `default:"46" help:"Mark of all that is sent, 0 to 63."`
	Timeout time.Duration `default:"5m" help:"A recorded call that brings no audio for so long, and has no session timer, is asked whether it is still there, and ended if it is not; 0 is never."`
}

// Feed is where calls come in by WebSocket.
type Feed struct {
	Listen Address `placeholder:"HOST:PORT" help:"Calls by WebSocket, at ws://HOST:PORT/feed/CONNECTOR; none are taken if it is not given."`
	TLS    TLS     `embed:"" prefix:"tls."`
}

// Trunk is how calls are put through to a connector's origination routes.
type Trunk struct {
	Refer       string        `default:"refuse" enum:"pass,refuse" help:"Transfers (REFER) by either end of a call that is put through: pass or refuse."`
	Silence     time.Duration `default:"5m" help:"A call that is put through is over when neither end has sent any audio for so long, unless it is held; 0 is never."`
	Credentials []Gateway     `placeholder:"HOST=USER:PASSWORD" secret:"" help:"User name and password at the gateway of a route, for gateways that ask."`
}

// Store is where state is kept.
type Store struct {
	URL string `default:"sqlite:DATA/timbre.db" help:"Database; DATA is the folder of data."`
}

// Notify is who is told of events.
type Notify struct {
	Webhooks  []Webhook         `placeholder:"NAME=URL#SECRET" secret:"" help:"Webhooks, which sinks name by arn:timbre:webhook:<region>:<account>:<name>."`
	Streaming map[string]string `mapsep:"," placeholder:"TARGET=PLACE,..." help:"Where streaming status events go for the targets EventBridge, SQS and SNS of a connector: a queue's URL or ARN, or the name of a webhook."`
}

// Search is how sure a match must be.
type Search struct {
	Threshold float64 `default:"0.9" help:"Least confidence of a match, above 0 and below 1."`
}

// Legs is who is calling, where recording metadata does not say it, or says it wrongly. A connector's tags timbre:legs.… go
// before each.
type Legs struct {
	Unknown      string   `default:"caller" enum:"caller,mixed" help:"The first stream of a call that tells nothing of its parties: its caller, or both parties mixed."`
	Swap         bool     `help:"Whoever recording metadata makes the caller is the callee, and the other way round."`
	Caller       []string `placeholder:"PATTERN,..." help:"Callers' addresses: patterns of the user part, or of user@host where they have an @; * is any text, ? any character."`
	CallerHeader string   `name:"caller_header" placeholder:"NAME" help:"A SIP header that names the caller of a recorded call: by address or number, or by label=LABEL or index=NUMBER of an m-line."`
}

// Infer is what models may use.
type Infer struct {
	Threads int `default:"0" help:"Threads for voice activity, and as many for all other models together; 0 is one for each core."`
}

// Log is how the server logs.
type Log struct {
	Level  slog.Level `default:"info" help:"debug, info, warn or error."`
	Format string     `default:"text" enum:"text,json" help:"text or json."`
}

// Defaults are the settings of a server that was told nothing.
func Defaults() Settings {
	var s Settings
	for _, f := range flags(&s) {
		if err := f.Reset(); err != nil {
			panic(err) // a default above that is not a value
		}
	}
	return s
}
