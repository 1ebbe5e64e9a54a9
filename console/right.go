package console

import (
	"timbre"
)

// listProfiles is the action of the API that also lets a key see when profiles were found last.
const listProfiles = "chime:ListVoiceProfiles"

// reading is the right to the results of a kind of task.
var reading = map[timbre.TaskKind]string{timbre.SpeakerSearch: "chime:GetSpeakerSearchTask", timbre.VoiceTone: "chime:GetVoiceToneAnalysisTask"}

// shown are the rights by which the page decides what it offers.
var shown = []string{
	timbre.ActionListCalls, timbre.ActionGetNumbers, timbre.ActionManageOutbox, timbre.ActionListKeys, timbre.ActionGetServer, timbre.ActionPlayRecording,
	"chime:StartSpeakerSearchTask", "chime:StopSpeakerSearchTask", "chime:GetSpeakerSearchTask",
	"chime:StartVoiceToneAnalysisTask", "chime:StopVoiceToneAnalysisTask", "chime:GetVoiceToneAnalysisTask",
	"chime:ListVoiceConnectors", "chime:CreateVoiceConnector", "chime:PutVoiceConnectorTermination", "chime:PutVoiceConnectorStreamingConfiguration",
	"chime:CreateMediaInsightsPipelineConfiguration",
	"chime:ListVoiceProfileDomains", "chime:CreateVoiceProfileDomain", "chime:DeleteVoiceProfileDomain",
	listProfiles, "chime:CreateVoiceProfile", "chime:DeleteVoiceProfile",
}

// rights are those of the shown ones that a key has on anything at all.
func rights(key timbre.Key) []string {
	list := []string{} // encodes as an empty list, not as null
	for _, action := range shown {
		if key.MaySome(action) {
			list = append(list, action)
		}
	}
	return list
}

// arn is that of a resource of this server, such as vc/<id>.
func (c *Console) arn(resource string) string {
	return "arn:aws:chime:" + c.env.Region + ":" + c.env.Account + ":" + resource
}

// reads says whether a key may see the results of a kind of task on a connector.
func (c *Console) reads(key timbre.Key, kind timbre.TaskKind, connectorID string) bool {
	return key.May(reading[kind], c.arn("vc/"+connectorID))
}
