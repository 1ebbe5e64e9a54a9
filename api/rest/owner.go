package rest

import "strings"

// What stands in ARNs before a name or an id.
const (
	ofConfiguration = "media-insights-pipeline-configuration/"
	ofPipeline      = "media-pipeline/"
	ofPool          = "media-pipeline-kinesis-video-stream-pool/"
	ofDomain        = "voice-profile-domain/"
	ofNumber        = "phone-number/"
)

// owners says which members name the resource that an operation is about, and what stands before the id in its ARN;
// nothing where the member is an ARN itself. Members are written in small letters, for the models write them both ways.
var owners = map[string]string{
	"voiceconnectorid":      "vc/",
	"voiceconnectorgroupid": "vcg/",
	"voiceprofiledomainid":  ofDomain,
	"voiceprofileid":        "voice-profile/",
	"sipmediaapplicationid": "sma/",
	"sipruleid":             "sip-rule/",
	"phonenumberid":         ofNumber,
	"mediapipelineid":       ofPipeline,
	"resourcearn":           "",
}

// bodies says the same of members that name it in the body, where a creation or a batch has them.
var bodies = map[string]string{
	"speakersearchtaskid":                    "speaker-search-task/",
	"phonenumberids":                         ofNumber,
	"updatephonenumberrequestitems":          ofNumber,
	"mediainsightspipelineconfigurationname": ofConfiguration,
	"mediainsightspipelineconfigurationarn":  "",
	"poolname":                               ofPool,
}

// besides are members of the body that name a second resource: what the operation does, it does with both.
var besides = map[string]string{"voiceprofiledomainid": ofDomain, "voiceprofiledomainarn": ""}

// kinds says of members called Identifier, by the beginning of the path, what they name.
var kinds = []struct{ path, prefix string }{
	{"/media-insights-pipeline-configurations/", ofConfiguration},
	{"/media-insights-pipelines/", ofPipeline},
	{"/media-insights-pipeline-status/", ofPipeline},
	{"/media-pipeline-kinesis-video-stream-pools/", ofPool},
}

// creations says by the path what is made there, of which there is no id yet.
var creations = map[string]string{
	"/voice-connectors":                          "vc/",
	"/voice-connector-groups":                    "vcg/",
	"/voice-profile-domains":                     ofDomain,
	"/voice-profiles":                            ofDomain,
	"/sip-rules":                                 "sip-rule/",
	"/sip-media-applications":                    "sma/",
	"/media-insights-pipeline-configurations":    ofConfiguration,
	"/media-insights-pipelines":                  ofPipeline,
	"/media-pipeline-kinesis-video-stream-pools": ofPool,
	"/sdk-media-capture-pipelines":               ofPipeline,
	"/sdk-media-concatenation-pipelines":         ofPipeline,
	"/sdk-media-live-connector-pipelines":        ofPipeline,
	"/sdk-media-stream-pipelines":                ofPipeline,
}

// owner says what stands before the id that a member names, if it names what the operation is about.
func owner(op *Operation, m Member) (prefix string, named bool) {
	name := strings.ToLower(m.Name)
	if prefix, named = bodies[name]; named && m.Place == Body {
		return prefix, named
	}
	if name != "identifier" {
		prefix, named = owners[name]
		return prefix, named
	}
	for _, k := range kinds {
		if strings.HasPrefix(op.Path, k.path) {
			return k.prefix, true
		}
	}
	return "", false
}
