package timbre

import (
	"context"
	"time"
)

// Perishable is a kind of what is kept for a limited time.
type Perishable string

// The kinds.
const (
	TaskVoiceprints  Perishable = "voiceprints of tasks"
	Results          Perishable = "results"
	EndedPipelines   Perishable = "ended pipelines"
	DeadLetters      Perishable = "dead letters"
	ProfileEmbedding Perishable = "voiceprints of profiles"
	PagePlaces       Perishable = "places of deleted items"
	Quarantined      Perishable = "damaged rows in quarantine"
	CallRecords      Perishable = "call records"
	ConnectorLogs    Perishable = "logs of connectors"
)

// Life is the rule of a kind: what is kept, for how long, and what goes.
type Life struct {
	Of    Perishable
	For   time.Duration // 0: as it is configured
	Since string        // what the life begins with
	Goes  string        // what is erased
}

// Lives are all rules, in the order of a sweep. What is secret goes first.
var Lives = []Life{
	{
		TaskVoiceprints, VoiceprintLife, "the making of the voiceprint or the end of the call, whichever is later",
		"voiceprint and audio, also of a task from which a profile was made: the profile has its own",
	},
	{ProfileEmbedding, ProfileLife, "the creation of the profile or its last update", "voiceprint and audio; the profile stays listed"},
	{
		Results, ResultLife, "the end of the call, or of the task if the call is not known",
		"tasks with their request tokens and what was enrolled from them; then the call",
	},
	{EndedPipelines, ResultLife, "the end of the pipeline", "the pipeline with its request token"},
	{DeadLetters, ResultLife, "the time at which the notice became one", "the notice with its last error"},
	{PagePlaces, PagePlaceLife, "the deletion of the item", "the place at which a list goes on after it"},
	{Quarantined, ResultLife, "the time at which the row was found", "the row"},
	{CallRecords, 0, "the end of the day of the call", "the records of the day"},
	{ConnectorLogs, 0, "the end of the day of the message", "the lines of the day; all when the connector is deleted"},
}

// Scrubber finishes erasures.
type Scrubber interface {
	// Scrub makes sure that nothing that was erased can be read from a file any more.
	Scrub(ctx context.Context) error
}
