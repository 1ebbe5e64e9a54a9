package storetest

import (
	"time"

	"timbre"
)

var pipelines = []fact{
	{"a pipeline is found by id, ARN and token", func(s *subject) {
		s.configured()
		p := pipeline("p1")
		s.must(s.CreatePipeline(s.Context(), p, nil))
		s.must(s.CreatePipeline(s.Context(), pipeline("p2"), nil))
		for _, identifier := range []string{p.ID, p.ARN} {
			got, err := s.Pipeline(s.Context(), identifier)
			s.must(err)
			s.same("by "+identifier, got, p)
		}
		got, err := s.PipelineByToken(s.Context(), p.Token)
		s.must(err)
		s.same("by token", got, p)
		_, err = s.Pipeline(s.Context(), "none")
		s.refused("none", err, timbre.NotFound)
		_, err = s.PipelineByToken(s.Context(), "none")
		s.refused("no token", err, timbre.NotFound)
	}},
	{"a taken id or token is a Conflict, an empty token is not", func(s *subject) {
		ctx := s.Context()
		s.configured()
		s.must(s.CreatePipeline(ctx, pipeline("p1"), nil))
		same := pipeline("p2")
		same.Token = pipeline("p1").Token
		s.refused("the token", s.CreatePipeline(ctx, same, []timbre.Notice{notice("n", "k", "t")}), timbre.Conflict)
		s.refused("the id", s.CreatePipeline(ctx, pipeline("p1"), nil), timbre.Conflict)
		s.same("notices of what was not made", len(s.due()), 0)
		for _, id := range []string{"p3", "p4"} {
			p := pipeline(id)
			p.Token = ""
			s.must(s.CreatePipeline(ctx, p, nil))
		}
	}},
	{"a pipeline's change and its notices are written together", func(s *subject) {
		s.configured()
		ctx, p := s.Context(), pipeline("p1")
		p.Ended = time.Time{}
		s.must(s.CreatePipeline(ctx, p, []timbre.Notice{notice("n1", p.ID, "t")}))
		live, err := s.LivePipelines(ctx)
		s.must(err)
		s.same("live", live, []string{p.ID})
		p.Ended, p.Reason = dawn().Add(time.Hour), "why"
		changed := p
		changed.Tags, changed.Token, changed.Created = nil, "another", dawn().Add(time.Hour)
		s.must(s.SavePipeline(ctx, changed, []timbre.Notice{notice("n2", p.ID, "u")}))
		live, err = s.LivePipelines(ctx)
		s.must(err)
		s.same("live ones after the end", len(live), 0)
		got, err := s.Pipeline(ctx, p.ID)
		s.must(err)
		s.same("ended", got, p)
		s.refused("one that is not there", s.SavePipeline(ctx, pipeline("none"), []timbre.Notice{notice("n3", "k", "t")}), timbre.NotFound)
		s.must(s.DeletePipeline(ctx, p.ARN, []timbre.Notice{notice("n4", p.ID, "v")}))
		s.refused("deleted again", s.DeletePipeline(ctx, p.ID, []timbre.Notice{notice("n5", "k", "t")}), timbre.NotFound)
		s.must(s.Post(ctx, []timbre.Notice{notice("n6", p.ID, "w")}))
		s.same("due", s.dueIDs(), []string{"n1", "n2", "n4", "n6"})
	}},
	{"tags of a live pipeline survive a save", func(s *subject) {
		s.configured()
		ctx, p := s.Context(), pipeline("p1")
		s.must(s.CreatePipeline(ctx, p, nil))
		s.must(s.UpdateTags(ctx, p.ARN, func(tags map[string]string) error { tags["new"] = "one"; return nil }))
		s.must(s.SavePipeline(ctx, p, nil))
		got, err := s.TagsOf(ctx, p.ARN)
		s.must(err)
		s.same("tags", got, map[string]string{"a": "b", "new": "one"})
	}},
	{"a pipeline is erased timbre.ResultLife after its end, a live one never", func(s *subject) {
		s.configured()
		ctx, p := s.Context(), pipeline("p1")
		s.must(s.CreatePipeline(ctx, p, nil))
		live := pipeline("p2")
		live.Ended = time.Time{}
		s.must(s.CreatePipeline(ctx, live, nil))
		err := s.sweep(p.Ended.Add(timbre.ResultLife - time.Second))
		s.must(err)
		_, err = s.Pipeline(ctx, "p1")
		s.must(err)
		err = s.sweep(p.Ended.Add(timbre.ResultLife))
		s.must(err)
		_, err = s.Pipeline(ctx, "p1")
		s.refused("after timbre.ResultLife", err, timbre.NotFound)
		_, err = s.Pipeline(ctx, "p2")
		s.must(err)
	}},
	{"the configuration of a live pipeline cannot be deleted", func(s *subject) {
		ctx, c, p := s.Context(), configuration("f1"), pipeline("p1")
		p.ConfigurationARN, p.Ended = c.ARN, time.Time{}
		s.refused("before it is there", s.CreatePipeline(ctx, p, []timbre.Notice{notice("n", "k", "t")}), timbre.NotFound)
		s.same("notices of what was not made", len(s.due()), 0)
		s.must(s.CreateConfiguration(ctx, c))
		s.must(s.CreatePipeline(ctx, p, nil))
		s.refused("while it lives", s.DeleteConfiguration(ctx, c.ID), timbre.Conflict)
		p.Ended = dawn()
		s.must(s.SavePipeline(ctx, p, nil))
		s.must(s.DeleteConfiguration(ctx, c.ID))
	}},
	{"one task of a kind is active on each stream of a pipeline, in addition to the connector's", func(s *subject) {
		ctx := s.Context()
		on := func(id, pipelineID, stream string) timbre.Task {
			t := tone(id, "a call")
			t.Source = &timbre.PipelineSource{PipelineID: pipelineID, StreamARN: stream, Channel: 1, Fragment: "7"}
			return t
		}
		s.must(s.CreateTask(ctx, tone("t0", "a call")))
		first := on("t1", "p1", "a")
		s.must(s.CreateTask(ctx, first))
		s.must(s.CreateTask(ctx, on("t2", "p1", "b")))
		s.must(s.CreateTask(ctx, on("t3", "p2", "a")))
		s.refused("a second one", s.CreateTask(ctx, on("t4", "p1", "a")), timbre.Limit)
		got, err := s.Task(ctx, timbre.VoiceTone, "t1")
		s.must(err)
		s.same("task", got, first)
		first.Active = false
		s.must(s.SaveTask(ctx, first, nil))
		s.must(s.CreateTask(ctx, on("t4", "p1", "a")))
	}},
	{"an update changes all but the identity of a configuration", func(s *subject) {
		ctx, c := s.Context(), configuration("f1")
		s.must(s.CreateConfiguration(ctx, c))
		got, err := s.UpdateConfiguration(ctx, c.Name, func(c *timbre.Configuration) {
			c.ID, c.ARN, c.Name, c.Token, c.Created = "x", "x", "x", "x", dawn().Add(time.Hour)
			c.RoleARN, c.Elements, c.Updated = "another", c.Elements[:1], dawn().Add(2*time.Hour)
		})
		s.must(err)
		c.RoleARN, c.Elements, c.Updated = "another", c.Elements[:1], dawn().Add(2*time.Hour)
		s.same("as it was given", got, c)
		got, err = s.Configuration(ctx, c.ARN)
		s.must(err)
		s.same("as it was kept", got, c)
		_, err = s.UpdateConfiguration(ctx, "none", func(*timbre.Configuration) { s.Error("changed") })
		s.refused("none", err, timbre.NotFound)
	}},
}

// configured creates the configuration of the sample pipelines.
func (s *subject) configured() {
	s.Helper()
	s.must(s.CreateConfiguration(s.Context(), timbre.Configuration{ID: "configuration", Name: "configuration", ARN: "configuration"}))
}

// pipeline returns an ended pipeline with every field set.
func pipeline(id string) timbre.Pipeline {
	return timbre.Pipeline{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:media-pipeline/" + id, ConfigurationARN: "configuration", ConnectorID: "connector",
		TransactionID: "call of " + id, Encoding: "pcm", SampleRate: 8000,
		Streams:  []timbre.PipelineStream{{ARN: "stream", Fragment: "12", Channels: 1, Defined: []timbre.Channel{{ID: 1, Role: "AGENT"}}}},
		Metadata: map[string]string{"callId": "a"}, Tags: map[string]string{"a": "b"}, Token: "token-" + id, Fingerprint: "print-" + id,
		Elements: []timbre.ElementStatus{{Type: "VoiceAnalyticsProcessor", Status: timbre.PipelineFailed, Updated: dawn()}},
		Reason:   "why", Created: dawn(), Updated: dawn().Add(time.Second), Paused: dawn(), Ended: dawn().Add(time.Minute),
	}
}
