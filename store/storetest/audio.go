package storetest

import (
	"bytes"
	"encoding/binary"
	"time"

	"timbre"
)

// recorded is audio that occurs nowhere else.
func recorded(voice int) []int16 {
	pcm := make([]int16, 1000)
	for i := range pcm {
		pcm[i] = int16(i*7919 + voice*104729)
	}
	return pcm
}

// record is searched, with the audio kept.
func (s *subject) record(taskID, domainID string, voice int) {
	s.Helper()
	s.must(s.CreateTask(s.Context(), search(taskID, domainID)))
	t := heard(search(taskID, domainID), voice)
	t.Voiceprint.Audio = recorded(voice)
	s.must(s.SaveTask(s.Context(), t, nil))
}

func (s *subject) audio(profileID string) []int16 {
	s.Helper()
	pcm, err := s.Audio(s.Context(), profileID)
	s.must(err)
	return pcm
}

// unreadable checks that no file has audio of the voices unencrypted.
func (s *subject) unreadable(when string, voices ...int) {
	s.Helper()
	raw := s.engine.Raw(s.T)
	for _, v := range voices {
		trace, _ := binary.Append(nil, binary.LittleEndian, recorded(v)[500:508])
		if bytes.Contains(raw, trace) {
			s.Errorf("%s: got the audio of voice %d unencrypted", when, v)
		}
	}
}

var enrolmentAudio = []fact{
	{"audio is kept with the profile that is enrolled from it, and only where it was given", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.record("t1", "d1", 1)
		s.must(s.EnrolProfile(s.Context(), profile("p1", "d1", 1), "t1"))
		s.enrol("p2", "d1", 2)
		s.same("audio", s.audio("p1"), recorded(1))
		s.same("none", len(s.audio("p2")), 0)
		s.same("voices", s.voices("d1", dawn()), compared(profile("p1", "d1", 1), profile("p2", "d1", 2)))
		s.unreadable("enrolled", 1)
		s.reopen()
		s.same("audio after a restart", s.audio("p1"), recorded(1))
	}},
	{"renewing a profile replaces its audio, also by none", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.record("t1", "d1", 1)
		s.must(s.EnrolProfile(s.Context(), profile("p1", "d1", 1), "t1"))
		s.record("t2", "d1", 2)
		s.must(s.RenewProfile(s.Context(), profile("p1", "d1", 2), "t2"))
		s.same("audio", s.audio("p1"), recorded(2))
		s.searched("t3", "d1", 3)
		s.must(s.RenewProfile(s.Context(), profile("p1", "d1", 3), "t3"))
		s.same("none", len(s.audio("p1")), 0)
	}},
	{"audio is erased with its voiceprint", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.record("t1", "d1", 1)
		s.must(s.EnrolProfile(ctx, profile("p1", "d1", 1), "t1"))
		s.must(s.DeleteProfile(ctx, "p1"))
		_, err := s.Audio(ctx, "p1")
		s.refused("audio of a deleted profile", err, timbre.NotFound)
		task := heard(search("t1", "d1"), 1)
		task.Voiceprint.Audio = recorded(1)
		s.must(s.SaveTask(ctx, task, nil)) // by a writer that still has it in memory
		s.record("t2", "d1", 2)
		s.must(s.EnrolProfile(ctx, profile("p2", "d1", 2), "t2"))
		err = s.sweep(profile("p2", "d1", 2).Expires.Add(time.Second))
		s.must(err)
		s.same("audio of an expired profile", len(s.audio("p2")), 0)
		s.record("t3", "d1", 3)
		s.must(s.DeleteDomain(ctx, "d1"))
		s.reopen()
		s.unreadable("erased", 1, 2, 3)
	}},
	{"a voiceprint is remade with another model, and nothing else changes", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.record("t1", "d1", 1)
		s.must(s.EnrolProfile(ctx, profile("p1", "d1", 1), "t1"))
		was := s.generation("d1")
		remade := voiceprint(2)
		remade.Model = "model-2"
		old := profile("p1", "d1", 1).Voiceprint.Model
		s.refused("of another model", s.Remake(ctx, "p1", "model-0", remade), timbre.Conflict)
		s.refused("no profile", s.Remake(ctx, "none", old, remade), timbre.NotFound)
		s.must(s.Remake(ctx, "p1", old, remade))
		want := profile("p1", "d1", 1)
		want.Voiceprint = remade
		s.same("voices", s.voices("d1", dawn()), compared(want))
		s.same("audio", s.audio("p1"), recorded(1))
		if now := s.generation("d1"); now <= was {
			s.Errorf("got generation %d after %d, want more", now, was)
		}
		err := s.sweep(want.Expires)
		s.must(err)
		s.refused("erased", s.Remake(ctx, "p1", "model-2", remade), timbre.Conflict)
	}},
}
