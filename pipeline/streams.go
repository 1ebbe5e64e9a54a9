package pipeline

import (
	"cmp"
	"slices"

	"timbre"
)

// maxStreams is how many streams a pipeline has at most.
const maxStreams = 2

// streams returns the streams of a call in the order of their channels: channel 0 is the connector's own side, the agent,
// channel 1 the other one. A call may have more streams than a pipeline: those that the pipeline had are kept, and streams of
// a known party come before others.
func streams(c timbre.Call, had []timbre.PipelineStream) (list []timbre.PipelineStream) {
	priority := func(s timbre.PipelineStream) int {
		if slices.ContainsFunc(had, func(h timbre.PipelineStream) bool { return h.ARN == s.ARN }) {
			return 0
		}
		return rank(s)
	}
	for _, l := range c.Legs {
		list = append(list, timbre.PipelineStream{ARN: l.StreamARN, Channels: 1, Defined: []timbre.Channel{channel(l.Side)}})
	}
	slices.SortStableFunc(list, func(a, b timbre.PipelineStream) int { return cmp.Compare(priority(a), priority(b)) })
	list = list[:min(len(list), maxStreams)]
	slices.SortStableFunc(list, func(a, b timbre.PipelineStream) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

// channel is the channel of a party's stream.
func channel(s timbre.Side) timbre.Channel {
	switch s {
	case timbre.Callee:
		return timbre.Channel{Role: "AGENT"}
	case timbre.Caller:
		return timbre.Channel{ID: 1, Role: "CUSTOMER"}
	}
	return timbre.Channel{}
}

// rank orders streams by their role.
func rank(s timbre.PipelineStream) int {
	switch s.Defined[0].Role {
	case "AGENT":
		return 1
	case "CUSTOMER":
		return 2
	}
	return 3
}
