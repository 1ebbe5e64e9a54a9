package task

import (
	"fmt"
	"slices"
	"strings"

	"timbre"
)

var (
	identification = []string{timbre.IdentificationSuccessful, timbre.IdentificationNoMatches, timbre.IdentificationFailure}
	voiceprint     = []string{timbre.VoiceprintGenerationSuccess, timbre.VoiceprintGenerationFailure}
	rank           = map[timbre.TaskStatus]int{timbre.InQueue: 0, timbre.InProgress: 1, timbre.PartialSuccess: 2, timbre.Succeeded: 3, timbre.Failed: 3, timbre.Stopped: 3}
)

// rules returns the rules that the saves of a task break.
func rules(all []saved, end timbre.Task) (broken []string) {
	breaks := func(format string, args ...any) {
		broken = append(broken, end.Kind.String()+": "+fmt.Sprintf(format, args...))
	}
	var sent []string
	ids := map[string]bool{}
	last := timbre.Task{Status: timbre.InQueue, Active: true}
	for _, s := range all {
		if s.ID != end.ID {
			continue
		}
		if !last.Active {
			breaks("saved after its end: %s after %s", s.Status, last.Status)
		}
		if rank[s.Status] < rank[last.Status] || s.Identified != last.Identified && last.Identified {
			breaks("%s after %s", s.Status, last.Status)
		}
		if rank[s.Status] == 3 && s.Active || rank[s.Status] < 2 && !s.Active {
			breaks("%s, active %v", s.Status, s.Active)
		}
		if s.Status == timbre.Failed && s.Identified {
			breaks("failed, but identified")
		}
		if s.Active == !s.Ended.IsZero() || s.Updated.Before(last.Updated) {
			breaks("ended %v, updated %v", s.Ended, s.Updated)
		}
		for _, n := range s.notices {
			if ids[n.ID] {
				breaks("two events %s", n.ID)
			}
			ids[n.ID] = true
			status, _, _ := strings.Cut(string(n.Payload), "/")
			sent = append(sent, string(n.Payload))
			if why := contradicts(s.Task, status); why != "" {
				breaks("%s is sent with %s: %s", status, s.Status, why)
			}
		}
		last = s.Task
	}
	if end.Active {
		breaks("still active")
	}
	broken = append(broken, order(end, sent)...)
	return broken
}

// contradicts says why a status must not be sent with a task.
func contradicts(t timbre.Task, status string) string {
	switch {
	case slices.Contains(identification[:2], status) && !t.Identified:
		return "not identified"
	case status == timbre.IdentificationSuccessful && len(t.Matches) == 0, status == timbre.IdentificationNoMatches && len(t.Matches) > 0:
		return "other matches"
	case status == timbre.IdentificationFailure && (t.Status != timbre.Failed || t.Identified):
		return "not failed"
	case slices.Contains(voiceprint, status) && (t.VoiceprintStatus != status || !t.Identified || t.Active):
		return "another voiceprint"
	case status == timbre.VoiceprintGenerationSuccess && (t.Status != timbre.Succeeded || t.Voiceprint == nil):
		return "not succeeded"
	case status == timbre.ToneCompleted && t.Status != timbre.Succeeded:
		return "not succeeded"
	}
	return ""
}

// order returns the rules that the order of a task's events breaks.
func order(end timbre.Task, sent []string) (broken []string) {
	position := func(statuses []string) (at []int) {
		for i, s := range sent {
			if status, _, _ := strings.Cut(s, "/"); slices.Contains(statuses, status) {
				at = append(at, i)
			}
		}
		return at
	}
	breaks := func(what string) {
		broken = append(broken, fmt.Sprintf("%s %s: %s: %v", end.Kind, end.Status, what, sent))
	}
	if end.Kind == timbre.SpeakerSearch {
		name, made := position(identification), position(voiceprint)
		switch {
		case len(name) > 1 || len(made) > 1:
			breaks("sent twice")
		case len(made) == 1 && (len(name) == 0 || name[0] > made[0]):
			breaks("a voiceprint before the identification")
		case end.Status != timbre.Stopped && len(name) == 0:
			breaks("no identification")
		case (end.Status == timbre.Succeeded || end.Status == timbre.PartialSuccess) != (len(made) == 1):
			breaks("voiceprint")
		}
		return broken
	}
	for leg := range 2 {
		mine := slices.DeleteFunc(slices.Clone(sent), func(s string) bool { return !strings.HasSuffix(s, fmt.Sprint("/", leg)) })
		closing := fmt.Sprint(timbre.ToneCompleted, "/", leg)
		if n := slices.Index(mine, closing); n >= 0 && n != len(mine)-1 {
			breaks("sent after Completed")
		}
		if end.Status != timbre.Stopped && (len(mine) == 0 || strings.HasPrefix(mine[len(mine)-1], timbre.ToneSuccessful)) {
			breaks("a leg without a final event")
		}
	}
	return broken
}
