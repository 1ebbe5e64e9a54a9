package sbc

import "strings"

// vendor is a kind of client: its INVITE is message/KEY.txt. The rest are its own words for what may have to be changed; empty: it has no
// such setting.
type vendor struct {
	name    string
	streams int // that it offers

	destination string // where it sends calls
	transport   string // by which protocol
	source      string // address that it calls from
	called      string // user part that it calls
	challenge   string // its answer to one: user and password
	encryption  string // SRTP
	codec       string
	timer       string // session interval
}

// key is the name of a vendor in lower case, with hyphens.
func (v vendor) key() string { return strings.ToLower(strings.ReplaceAll(v.name, " ", "-")) }

// Keys are the names by which vendors are chosen.
func Keys() (list []string) {
	for _, v := range vendors {
		list = append(list, v.key())
	}
	return list
}

// named is a vendor by another name: with another message, and the same words.
func (v vendor) named(name string) vendor {
	v.name = name
	return v
}

var cube = vendor{
	name: "CUBE", streams: 2,
	destination: "session target of the dial-peer that media-recording names", transport: "session transport of the recorder's dial-peer",
	source: "voice-class sip bind control of the recorder's dial-peer", called: "destination-pattern of the recorder's dial-peer",
	challenge: "authentication under sip-ua", encryption: "srtp in the recorder's dial-peer",
	codec: "the codecs of the recorded dial-peer: the audio is forked as it is", timer: "min-se under voice service voip, sip",
}

var vendors = []vendor{
	{
		name: "Oracle", streams: 2,
		destination: "destination and port of the session-recording-server", transport: "transport-method of the session-recording-server",
		source:    "the sip-interface of the realm that the session-recording-server is in",
		challenge: "auth-attributes of the session-agent", encryption: "media-sec-policy of the realm that the session-recording-server is in",
		codec: "allow-codecs in the codec-policy of the realm that the session-recording-server is in", timer: "the session-timer-profile of the sip-interface",
	},
	{
		name: "Ribbon", streams: 2,
		destination: "srsIpAddress and srsPort of the SRS Group Profile", transport: "the transport of the SRS Group Profile",
		source:     "the sipSigPort of the zone of the trunk group towards the SRS",
		encryption: "the Crypto Suite Profile in the Packet Service Profile of the trunk group towards the SRS",
		codec:      "the codec entries of the Packet Service Profile of the trunk group towards the SRS", timer: "sessionKeepalive of the trunk group towards the SRS",
	},
	{
		name: "AudioCodes", streams: 2,
		destination: "the Proxy Set of the IP Group that SIP Recording Rules name as Recording Server (SRS) IP Group", transport: "Transport Type in the Proxy Set of the Recording Server (SRS) IP Group",
		source: "the SIP Interface in the Proxy Set of the Recording Server (SRS) IP Group", called: "Recording Server (SRS) Destination Username",
		challenge: "Username and Password of the Recording Server (SRS) IP Group", encryption: "SBC Media Security Mode in the IP Profile of the recorded IP Group",
		codec: "the Coders Group of the recorded IP Group: its audio is sent as it is", timer: "Session Expires Mode in the IP Profile of the SRS",
	},
	cube, cube.named("CUBE NBR"),
	{
		name: "CUCM", streams: 1,
		destination: "Destination Address of the SIP Trunk that the Route Pattern of the recorder leads to", transport: "Outgoing Transport Type in the SIP Trunk Security Profile",
		source: "the Call Manager Group of the Device Pool of the SIP Trunk", called: "Recording Destination Address in the Recording Profile",
		challenge: "the SIP Realm of the server", encryption: "SRTP Allowed in the SIP Trunk",
		codec: "the Region of the Device Pool of the SIP Trunk", timer: "SIP Min-SE Value in the Service Parameters",
	},
	{
		name: "Avaya", streams: 2,
		destination: "the SIP Server Profile of type Recording Server, and the Routing Profile in the Recording Profile", transport: "Transport in the SIP Server Profile of the recorder",
		source:     "the Signaling Interface of the Server Flow of the recorder",
		encryption: "Encryption in the Media Rule of the End Point Policy Group of the recorder", codec: "Codec Prioritization in the Media Rule of the recorder",
		timer: "Session Refresh in the Server Interworking profile of the recorder",
	},
	{
		name: "Metaswitch", streams: 1,
		destination: "the address of the Session Recording Server", transport: "the transport of the Session Recording Server",
		source: "the signaling address of the adjacency towards the recorder", codec: "the codec list of the adjacency towards the recorder", encryption: "the SRTP policy of the adjacency towards the recorder",
	},
	{
		name: "BroadWorks", streams: 1,
		destination: "Net Address and Port of the Call Recording Platform", transport: "Transport Type of the Call Recording Platform",
		source: "the access address of the Media Server and of the Application Server", codec: "the codecs of the Media Server",
	},
	{
		name: "OpenSIPS", streams: 2,
		destination: "the URI given to siprec_start_recording", transport: "transport= in the URI given to siprec_start_recording", source: "the socket (listen) that it sends from",
		called: "the user part of the URI given to siprec_start_recording", challenge: "uac_auth", encryption: "RTP/SAVP in the flags of rtpengine",
		codec: "codec-mask and transcode in the flags of rtpengine",
	},
	{
		name: "kamailio", streams: 1,
		destination: "$du of the branch towards Timbre", transport: "transport= in $du", source: "the socket (listen) that it sends from, $fs", called: "$rU",
		challenge: "uac_auth", encryption: "RTP/SAVP in the flags of rtpengine_manage", codec: "codec-mask and transcode in the flags of rtpengine_manage",
	},
	{
		name: "FreeSWITCH", streams: 2,
		destination: "the recorder's address in the configuration of mod_siprec, or proxy of the gateway", transport: "register-transport of the gateway",
		source: "sip-ip of the SIP profile, ext-sip-ip behind NAT", called: "the user part of the URI that the dialplan records to",
		challenge: "username and password of the gateway", encryption: "rtp_secure_media", codec: "absolute_codec_string, or outbound-codec-prefs of the profile",
		timer: "minimum-session-expires of the SIP profile",
	},
	{
		name: "Asterisk", streams: 1,
		destination: "contact of the aor in pjsip.conf", transport: "transport of the endpoint in pjsip.conf", source: "bind of the transport, external_signaling_address behind NAT",
		called: "the number in Dial(PJSIP/NUMBER@ENDPOINT)", challenge: "outbound_auth of the endpoint", encryption: "media_encryption=sdes of the endpoint",
		codec: "allow of the endpoint", timer: "timers_min_se of the endpoint",
	},
}
