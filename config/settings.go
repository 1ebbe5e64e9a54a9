// Package config reads flags, environment and a YAML file into one Settings, and records the origin of each value. A key
// has the same spelling everywhere: --api.listen, TIMBRE_API_LISTEN, and api.listen (or listen under api) in the file. A
// flag takes precedence over the environment, and that over the file. Unknown names are refused. The package also reads
// and creates the file of access keys. It opens no sockets and no database, and starts nothing.
package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Settings are all settings of a server. Embed the type in a kong command and give kong.New the Options; its hooks do the
// rest. A program without a command line starts from Defaults.
//
// A setting is declared here alone: flag, environment variable, key of the file, help, checks and its line in
// docs/settings.md follow from its field. Beside kong's tags a field has these:
//
//	min, max  the least and the greatest value of a number or a duration
//	zero      what 0 means, where it is allowed in addition or is special
//	unit      what a number counts
//	form      the form of a text, or of each item of a list: see forms
//	secret    the value is not shown
type Settings struct {
	File string `name:"config" placeholder:"FILE" help:"YAML file with settings."`

	Data            string `default:"./timbre-data" form:"folder" help:"Folder of everything that must survive a restart: database, keys, credentials. Created at the first start."`
	Logs            string `default:"DATA/logs" form:"folder" help:"Folder of call records, and of the SIP and media logs that connectors ask for. DATA stands for the data folder."`
	Records         int    `default:"7" min:"0" max:"36500" unit:"days" zero:"no records and no such logs are written" help:"Retention of call records, one file below logs for each ended call, with its phone numbers, and of the SIP and media logs that connectors ask for."`
	API             API    `embed:"" prefix:"api."`
	Admin           Admin  `embed:"" prefix:"admin."`
	SIP             SIP    `embed:"" prefix:"sip."`
	RTP             RTP    `embed:"" prefix:"rtp."`
	Feed            Feed   `embed:"" prefix:"feed."`
	Trunk           Trunk  `embed:"" prefix:"trunk."`
	Drain           Drain  `embed:"" prefix:"drain."`
	Insecure        bool   `help:"Let the APIs listen beyond loopback without a certificate: anyone on the path reads every answer. For a TLS proxy in a network of its own."`
	Account         string `default:"000000000000" form:"account" help:"AWS account in ARNs."`
	Region          string `default:"us-east-1" form:"region" help:"Region in ARNs. Requests signed for any region are accepted."`
	AccessKeyID     string `name:"access_key_id" placeholder:"ID" form:"access key id" help:"Access key that requests are signed with. Without it, a key is created at the first start."`
	SecretAccessKey string `name:"secret_access_key" placeholder:"SECRET" secret:"" help:"Secret of access_key_id. Prefer the file or the environment: other users of the machine can see flags."`

	Numbers    []string   `placeholder:"+NUMBER,..." form:"phone number" help:"Phone number inventory: the numbers that can be associated with connectors, in E.164 form."`
	Store      Store      `embed:"" prefix:"store."`
	Notify     Notify     `embed:"" prefix:"notify."`
	AWS        AWS        `embed:"" prefix:"aws."`
	Search     Search     `embed:"" prefix:"search."`
	Speech     Speech     `embed:"" prefix:"speech."`
	Voiceprint Voiceprint `embed:"" prefix:"voiceprint."`
	Tone       Tone       `embed:"" prefix:"tone."`
	Legs       Legs       `embed:"" prefix:"legs."`
	Infer      Infer      `embed:"" prefix:"infer."`
	Spoof      string     `default:"off" enum:"off,warn" help:"Experimental: warn in the StatusMessage of an identification and of a voiceprint if the voice may be synthetic, by a spoof model of your own. None comes with Timbre."`
	Models     Models     `embed:"" prefix:"models."`
	Log        Log        `embed:"" prefix:"log."`
	Traces     Traces     `embed:"" prefix:"traces."`
	Analytics  string     `default:"configured" enum:"configured,always" help:"Calls that may be analysed: those of connectors with a voice analytics configuration, or all."`
	Quotas     string     `default:"off" enum:"off,aws" help:"Preset of quotas and request rates: off (only what protects the server), or those of a new AWS account."`

	Limits map[string]int `mapsep:"," placeholder:"NAME=NUMBER,..." zero:"no limit" help:"Quotas that override the preset: connectors, configurations, pipelines (live), domains, profiles (in a domain), tasks (active), analysed (calls with an active task), calls (live, of a connector), cps (calls a second, of a connector), crowd (concurrent requests on one domain, profile or task), groups (of connectors), members (of a group), numbers (in the inventory), tags (of a resource)."`
	Rate   map[string]int `mapsep:"," placeholder:"CLASS=NUMBER,..." zero:"no limit" help:"Requests a second of each access key that override the preset, by class of operations: domains, profiles, searches, tones, configurations, pipelines, connectors (and everything else)."`

	origins map[string]Origin // of the keys that are not defaults
}

// API is where the two AWS APIs listen.
type API struct {
	Listen Address `default:"127.0.0.1:8080" help:"Address of the AWS APIs."`
	TLS    TLS     `embed:"" prefix:"tls."`
	Door   Door    `embed:"" prefix:""`
}

// Door is how many connections a port takes.
type Door struct {
	Connections int `default:"1000" min:"1" unit:"connections" help:"Connections at once, and no more than an eighth of what ulimit -n allows. Beyond it, one that waits and has done nothing of use makes room, or the new one is closed."`
	PerSource   int `name:"connections_per_source" default:"100" min:"1" unit:"connections" help:"Connections at once from one address (IPv6: from a network of 64 bits), and no more than half of all. Raise it for a proxy."`
}

// TLS is the certificate of a server. Without it, the API does not use TLS and SIP cannot listen on tls://. Changed files are
// loaded at the next handshake.
type TLS struct {
	Cert string `placeholder:"FILE" help:"Certificate chain for TLS, PEM. Reloaded when the file changes, and at SIGHUP."`
	Key  string `placeholder:"FILE" help:"Private key of the certificate, PEM."`
}

// Admin is where the operator's pages listen.
type Admin struct {
	Listen  Address  `default:"127.0.0.1:9090" help:"Address of the web console, health checks, metrics and the list of live calls."`
	TLS     TLS      `embed:"" prefix:"tls."`
	Trust   string   `default:"loopback" enum:"loopback,nobody" help:"Who reads metrics and live calls without the operator's token or a signature: programs of the same machine (loopback), or nobody."`
	Numbers string   `default:"masked" enum:"masked,shown" help:"Telephone numbers of live calls, unless a request asks for them: masked to the last two digits, or shown, to programs of the same machine, too."`
	Hosts   []string `placeholder:"NAME,..." form:"host name" help:"Names that the admin port is asked by, besides its addresses and localhost. Requests with another Host are refused."`
	OIDC    OIDC     `embed:"" prefix:"oidc."`
	Door    Door     `embed:"" prefix:""`
}

// OIDC is the issuer of OpenID Connect that signs people in to the console. Each of them has the rights of an access key.
type OIDC struct {
	Issuer   string    `placeholder:"URL" form:"secure URL" help:"Issuer of OpenID Connect that signs people in to the web console, exactly as its discovery document names it. Disabled by default."`
	ClientID string    `name:"client_id" placeholder:"ID" help:"Client ID of this server at the issuer."`
	Secret   string    `name:"client_secret_file" placeholder:"FILE" help:"File of the client secret, which others must not be able to read. It is read at each sign-in."`
	URL      string    `name:"url" placeholder:"URL" form:"URL of a host" help:"URL of the web console in browsers, such as https://timbre.example.com. Register URL/console/oidc/callback as redirect URI at the issuer."`
	Scopes   []string  `default:"email" placeholder:"SCOPE,..." form:"scope" help:"Scopes that are requested besides openid."`
	Claim    string    `default:"sub" placeholder:"NAME" form:"claim" help:"Claim of the ID token that admin.oidc.users maps: a string or a list of strings. The claim email counts only with email_verified."`
	Users    []Mapping `placeholder:"VALUE=KEY_ID,..." help:"Access key for each value of the claim. If several values match, the first in this list decides. Whoever has none is refused."`
}

// SIP is the signalling of calls.
type SIP struct {
	Listen    []Endpoint    `default:"udp://127.0.0.1:5060,tcp://127.0.0.1:5060" help:"Addresses of SIP: udp://, tcp:// or tls://."`
	TLS       TLS           `embed:"" prefix:"tls."`
	Address   []netip.Addr  `placeholder:"IP,..." help:"Address in Contact and Via, for a server behind NAT: one of IPv4, one of IPv6, or both. By default, the address that received the INVITE."`
	DSCP      int           `default:"24" min:"0" max:"63" help:"DSCP of SIP packets."`
	Invites   int           `default:"500" min:"0" unit:"INVITEs a second" zero:"no limit" help:"Limit of INVITEs from one source. The excess is answered with 503, then dropped."`
	Ban       time.Duration `default:"10m" min:"0s" zero:"never" help:"How long an unknown source is dropped after too many failed attempts."`
	Digest    string        `default:"md5" enum:"md5,sha-256" help:"Algorithms of digests, from callers and to gateways: MD5 and SHA-256, or SHA-256 alone. The tag timbre:digest of a connector overrides it."`
	Strangers string        `default:"refuse" enum:"refuse,drop" help:"Requests from sources that no connector allows, while no connector has credentials: refuse a few, or drop all unread."`
}

// RTP is the audio of calls.
type RTP struct {
	Ports   Ports         `default:"20000-29999" help:"UDP ports of RTP and RTCP, in pairs of an even port and the next odd one."`
	Address []netip.Addr  `placeholder:"IP,..." help:"Address in SDP, for a server behind NAT: one of IPv4, one of IPv6, or both. By default, the address that received the INVITE."`
	Latch   string        `default:"signalled" enum:"signalled,any" help:"Accepted sources of RTP: the hosts named in the signalling, or any (for an SBC behind NAT)."`
	DSCP    int           `default:"46" min:"0" max:"63" help:"DSCP of RTP and RTCP packets."`
	Timeout time.Duration `default:"5m" min:"1m" zero:"never" help:"Silence after which a recorded call without a session timer is probed, and ended if its peer does not answer."`
}

// Feed is the WebSocket server for calls.
type Feed struct {
	Listen Address `placeholder:"HOST:PORT" help:"Address of calls by WebSocket, ws://HOST:PORT/feed/CONNECTOR. Disabled by default."`
	TLS    TLS     `embed:"" prefix:"tls."`
	Door   Door    `embed:"" prefix:""`

	OfConnector int             `name:"connections_per_connector" default:"500" min:"1" unit:"feeds" help:"Feeds at once of one connector."`
	Tokens      []PlatformToken `placeholder:"CONNECTOR=PLATFORM:TOKEN,..." secret:"" help:"Secrets by which telephone platforms sign their requests: twilio and plivo (auth token), vonage (signature secret), telnyx (stream_auth_token)."`
}

// Trunk is how calls are bridged to a connector's origination routes.
type Trunk struct {
	Refer       string        `default:"refuse" enum:"pass,refuse" help:"Transfers (REFER) by a peer of a bridged call: pass to the other peer, or refuse."`
	Silence     time.Duration `default:"5m" min:"30s" zero:"never" help:"Time without audio from either peer after which a bridged call is ended, unless it is on hold."`
	Premium     string        `default:"refuse" enum:"refuse,pass" help:"Calls to premium-rate, personal and satellite numbers: refuse in every region, or pass those of the connector's calling regions."`
	Calls       int           `default:"10000" min:"0" unit:"calls a day" zero:"no limit" help:"Limit of the bridged calls of one credential of a connector. Callers in the allowed hosts have none."`
	Minutes     int           `default:"20000" min:"0" unit:"minutes a day" zero:"no limit" help:"Limit of the minutes of bridged calls of one credential of a connector. Its calls are ended when they are used up."`
	Credentials []Gateway     `placeholder:"HOST=USER:PASSWORD,..." secret:"" help:"Digest credentials for gateways that challenge, by the host of the route."`
	Trusted     []string      `placeholder:"HOST,..." form:"host name" help:"Gateways in the trust domain of this server (RFC 3325), by the host of the route: they get the P-Asserted-Identity of private calls, and the DefaultPhoneNumber of the connector as that of callers who are known by a password."`
	WithoutQOP  []string      `name:"without_qop" placeholder:"HOST,..." form:"host name" help:"Gateways that may challenge without qop, by the host of the route. Their answers say nothing that the challenge has not chosen, so tables that were made before find a password faster."`
}

// Drain is how a server ends that has live calls.
type Drain struct {
	Timeout time.Duration `default:"1m" min:"0s" max:"24h" zero:"calls are ended at once" help:"Time that live calls may take to finish after SIGTERM, while new ones are refused. Those that are still live then are ended. Give the service manager more time than that before it kills."`
}

// Store is where state is kept.
type Store struct {
	URL  string        `default:"sqlite:DATA/timbre.db" help:"Database. DATA stands for the data folder."`
	Wait time.Duration `default:"90s" min:"0s" max:"24h" zero:"not at all" help:"Time that a start waits for another server which still has the database open, as while that one drains."`
}

// Notify is where events are delivered.
type Notify struct {
	Webhooks  []Webhook         `placeholder:"NAME=URL#SECRET,..." secret:"" help:"Webhooks. Sinks name them by arn:timbre:webhook:REGION:ACCOUNT:NAME."`
	Files     map[string]string `mapsep:"," placeholder:"NAME=FILE,..." help:"Files of JSON lines, each of its own, that events are appended to. Sinks name them by arn:timbre:file:REGION:ACCOUNT:NAME."`
	Kafka     Kafka             `embed:"" prefix:"kafka."`
	NATS      NATS              `embed:"" prefix:"nats."`
	Streaming map[string]string `mapsep:"," placeholder:"TARGET=PLACE,..." help:"Where events of the toll guard are delivered, and streaming status events for a connector's targets EventBridge, SQS and SNS: URL of a queue, ARN of a queue, topic, function, stream or event bus, ARN of a topic of Kafka, subject of NATS or file, or name of a webhook."`
	Targets   []string          `default:"arn:*:*:*:ACCOUNT:*" placeholder:"ARN,..." form:"ARN pattern" help:"Targets that configurations may name, besides webhooks and files: ARNs with * for any text of one of their parts and ? for any character. ACCOUNT stands for the setting account."`
	Timeout   time.Duration     `default:"30s" min:"1s" max:"5m" help:"Time that a target has to answer an event."`
	Refusals  int               `default:"5" min:"1" max:"100" help:"Attempts at an event that its target refuses for good, such as with HTTP 400. Then it is a dead letter."`
	Disk      int64             `default:"1073741824" min:"0" help:"Bytes that waiting events and dead letters may have on the disk; 0: no bound. Beyond it tone scores are erased first, then other events, oldest first, but never results of speaker searches."`
}

// Kafka is the cluster whose topics receive events.
type Kafka struct {
	Brokers  []string `placeholder:"HOST:PORT,..." form:"host and port" help:"Brokers of Apache Kafka. Sinks name topics by arn:timbre:kafka:REGION:ACCOUNT:TOPIC."`
	TLS      bool     `help:"Connect to brokers by TLS."`
	CA       string   `placeholder:"FILE" help:"Certificates of authorities, in PEM, that the brokers' certificates are checked by in place of the system's. Needs notify.kafka.tls."`
	SASL     string   `default:"none" enum:"none,plain,scram-sha-256,scram-sha-512" help:"How the server says to brokers who it is."`
	User     string   `placeholder:"NAME" help:"User of notify.kafka.sasl."`
	Password string   `placeholder:"PASSWORD" secret:"" help:"Password of notify.kafka.user."`
}

// NATS is the system whose subjects receive events.
type NATS struct {
	URL         string `placeholder:"nats://HOST:PORT,..." form:"NATS servers" help:"Servers of NATS with JetStream; tls:// for TLS. Sinks name subjects by arn:timbre:nats:REGION:ACCOUNT:SUBJECT; a stream must take them."`
	CA          string `placeholder:"FILE" help:"Certificates of authorities, in PEM, that the servers' certificates are checked by in place of the system's."`
	Credentials string `placeholder:"FILE" help:"File of credentials (.creds)."`
	User        string `placeholder:"NAME" help:"User, in place of a file of credentials."`
	Password    string `placeholder:"PASSWORD" secret:"" help:"Password of notify.nats.user."`
}

// AWS is how events are delivered to the services of AWS, or to those that speak their protocols.
type AWS struct {
	AssumeRoles bool   `name:"assume_roles" help:"Deliver under the ResourceAccessRoleArn of the configuration, which is assumed through STS. Otherwise with the server's own credentials."`
	Message     string `default:"event" enum:"event,records" help:"Text of messages to queues and topics: the event, or the event in a member Records, as earlier versions sent it."`
	EventSource string `name:"event_source" form:"event source" help:"Source of the events on an EventBridge bus. By default that of the events themselves, aws.chime; on buses of AWS, which refuses sources that begin with aws., timbre."`
}

// Search is the decision of speaker search.
type Search struct {
	Threshold float64       `default:"0.9" form:"threshold" help:"Least confidence of a match: the probability that the caller is this person, among all profiles searched and the people who are not enrolled."`
	Strangers float64       `default:"0.01" form:"threshold" help:"Greatest share of calls by people who are not enrolled in which one is named all the same, at any number of profiles: matches below the score that keeps this promise are left out."`
	Prior     float64       `default:"0.5" form:"threshold" help:"Share of calls whose caller is expected to be enrolled."`
	Wait      time.Duration `default:"20s" min:"10s" max:"1m" help:"Net speech that the name of a speaker may wait for. A name that is sure, and a clear nobody, is reported after 10 s; an unsure one is searched again as speech comes, up to this much."`
}

// Speech is what is dropped of a leg because it is not the voice of its party.
type Speech struct {
	Gates []string `default:"echo,tone,dtmf,recording,background" enum:"echo,tone,dtmf,recording,background,none" help:"Sounds that are dropped before the analysis: the other party's echo, ring-back and other tones, key tones, recorded announcements, voices in the background; or none. Key tones are dropped in any case."`
}

// Voiceprint is how voiceprints are made.
type Voiceprint struct {
	Audio  string        `default:"off" enum:"off,keep" help:"Audio that voiceprints are made from: off (it is not stored), or keep it, encrypted and as long as the voiceprint, so that timbre models migrate can make voiceprints of another model."`
	Speech time.Duration `default:"20s" min:"20s" max:"1m" help:"Net speech of a voiceprint if the call gives it. A call that ends after 20 s of speech or more has its voiceprint all the same."`
}

// Tone is what tone is judged by.
type Tone struct {
	Words      string `default:"off" enum:"off,on" help:"Judge tone by what is said, too: off (by its sound alone), or on, by a lexicon of English words. Needs tone.words_model. Words are neither stored nor logged."`
	WordsModel string `name:"words_model" placeholder:"FOLDER" form:"folder" help:"Folder of a Whisper model for English (tiny.en, base.en), as sherpa-onnx publishes it: encoder, decoder and tokens.txt."`
}

// Legs is who the caller is where recording metadata is absent or wrong. A connector's tags timbre:legs.… take precedence.
type Legs struct {
	Unknown      string   `default:"caller" enum:"caller,mixed" help:"First stream of a call without recording metadata: the caller, or both parties mixed."`
	Swap         bool     `help:"Swap caller and callee of recording metadata."`
	Caller       []string `placeholder:"PATTERN,..." form:"address pattern" help:"Addresses of callers: patterns of the user part, or of user@host if they contain @. * matches any text, ? any character."`
	CallerHeader string   `name:"caller_header" placeholder:"NAME" form:"header name" help:"SIP header that names the caller of a recorded call: by address or number, or by label=LABEL or index=NUMBER of an m-line."`
}

// Infer is the resources of models.
type Infer struct {
	Threads int `default:"0" min:"0" unit:"threads" zero:"one for each core" help:"Threads of voice activity detection, and as many for all other models together."`
}

// Models are the neural networks, by the names that `timbre models list` shows.
type Models struct {
	Speaker string `placeholder:"NAME" form:"model name" help:"Speaker model, which makes voiceprints. By default, the one that timbre models use has set in the data folder, or the built-in one."`
	Tone    string `placeholder:"NAME" form:"model name" help:"Voice tone model; default likewise."`
	Spoof   string `placeholder:"NAME" form:"model name" help:"Model that scores whether a voice is synthetic, for spoof; by default, the one that timbre models use has set."`
	VAD     string `name:"vad" placeholder:"NAME" form:"model name" help:"Voice activity model; default likewise."`
}

// Log is how the server logs.
type Log struct {
	Level  slog.Level `default:"info" placeholder:"debug, info, warn or error" help:"Least level of log lines."`
	Format string     `default:"text" enum:"text,json" help:"Format of log lines."`
}

// Traces is where traces of calls are exported to.
type Traces struct {
	OTLP string `name:"otlp" placeholder:"URL" form:"URL" help:"Receiver of OpenTelemetry traces by OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces: each call, its tasks, and each event until it is delivered. None are exported by default."`
}

// Defaults returns the settings of a server without flags, environment and file.
func Defaults() Settings {
	var s Settings
	for _, f := range flags(&s) {
		if err := f.Reset(); err != nil {
			panic(err) // a default in a tag above cannot be parsed
		}
	}
	return s
}
