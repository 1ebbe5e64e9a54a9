package rest

import "strings"

// The kinds in ARNs, which precede a name or an id.
const (
	configurationPrefix = "media-insights-pipeline-configuration/"
	pipelinePrefix      = "media-pipeline/"
	poolPrefix          = "media-pipeline-kinesis-video-stream-pool/"
	domainPrefix        = "voice-profile-domain/"
	numberPrefix        = "phone-number/"
)

// owners has the members that name the resource that an operation is about, each with the prefix of its id in an ARN, which is
// empty if the member is an ARN itself. Names are in lower case, because the models spell them in several ways.
var owners = map[string]string{
	"voiceconnectorid":      "vc/",
	"voiceconnectorgroupid": "vcg/",
	"voiceprofiledomainid":  domainPrefix,
	"voiceprofileid":        "voice-profile/",
	"sipmediaapplicationid": "sma/",
	"sipruleid":             "sip-rule/",
	"phonenumberid":         numberPrefix,
	"mediapipelineid":       pipelinePrefix,
	"resourcearn":           "",
}

// bodies has the members that name it in the body, as creations and batches have them.
var bodies = map[string]string{
	"speakersearchtaskid":                    "speaker-search-task/",
	"phonenumberids":                         numberPrefix,
	"updatephonenumberrequestitems":          numberPrefix,
	"mediainsightspipelineconfigurationname": configurationPrefix,
	"mediainsightspipelineconfigurationarn":  "",
	"poolname":                               poolPrefix,
}

// second has the members of the body that name a second resource, which the operation acts on as well.
var second = map[string]string{"voiceprofiledomainid": domainPrefix, "voiceprofiledomainarn": ""}

// kinds has what a member called Identifier names, by the beginning of the path.
var kinds = []struct{ path, prefix string }{
	{"/media-insights-pipeline-configurations/", configurationPrefix},
	{"/media-insights-pipelines/", pipelinePrefix},
	{"/media-insights-pipeline-status/", pipelinePrefix},
	{"/media-pipeline-kinesis-video-stream-pools/", poolPrefix},
}

// creations has what is created at a path, which has no id yet.
var creations = map[string]string{
	"/voice-connectors":                          "vc/",
	"/voice-connector-groups":                    "vcg/",
	"/voice-profile-domains":                     domainPrefix,
	"/voice-profiles":                            domainPrefix,
	"/sip-rules":                                 "sip-rule/",
	"/sip-media-applications":                    "sma/",
	"/media-insights-pipeline-configurations":    configurationPrefix,
	"/media-insights-pipelines":                  pipelinePrefix,
	"/media-pipeline-kinesis-video-stream-pools": poolPrefix,
	"/sdk-media-capture-pipelines":               pipelinePrefix,
	"/sdk-media-concatenation-pipelines":         pipelinePrefix,
	"/sdk-media-live-connector-pipelines":        pipelinePrefix,
	"/sdk-media-stream-pipelines":                pipelinePrefix,
}

// owner returns the prefix of the id that a member gives, and whether the member names what the operation is about.
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
