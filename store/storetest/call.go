package storetest

import (
	"strings"
	"time"

	"timbre"
)

var calls = []fact{
	{"a call is returned as stored, also after it is replaced", func(s *subject) {
		live := call("x")
		live.Ended, live.Failure = time.Time{}, ""
		for _, want := range []timbre.Call{live, call("x"), {TransactionID: "x"}} {
			s.must(s.SaveCall(s.Context(), want, nil))
			got, err := s.Call(s.Context(), "x")
			s.must(err)
			s.same("call", got, want)
		}
	}},
	{"what does not exist is NotFound", func(s *subject) {
		_, err := s.Call(s.Context(), "none")
		s.refused("Call", err, timbre.NotFound)
	}},
	{"a live call that is removed has never been, nor is it counted", func(s *subject) {
		live := call("x")
		live.Ended, live.Failure, live.ConnectorID = time.Time{}, "", "c1"
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		s.must(s.SaveCall(s.Context(), live, nil))
		s.must(s.RemoveCall(s.Context(), "x"))
		s.must(s.RemoveCall(s.Context(), "x"))
		_, err := s.Call(s.Context(), "x")
		s.refused("Call", err, timbre.NotFound)
		list, err := s.LiveCalls(s.Context())
		s.must(err)
		s.same("live", len(list), 0)
		s.must(s.DeleteConnector(s.Context(), "c1"))
	}},
	{"live calls are those that have not ended, oldest first", func(s *subject) {
		for i, id := range []string{"c", "b", "a", "d", "over"} {
			c := call(id)
			c.Started = dawn().Add(-time.Duration(i) * time.Microsecond)
			if id != "over" {
				c.Ended = time.Time{}
			}
			s.must(s.SaveCall(s.Context(), c, nil))
		}
		list, err := s.LiveCalls(s.Context())
		s.must(err)
		s.same("live", list, []string{"d", "a", "b", "c"})
	}},
	{"a call and its notices are written together", func(s *subject) {
		s.must(s.SaveCall(s.Context(), call("x"), []timbre.Notice{notice("n1", "x", "q"), notice("n2", "x", "r")}))
		s.same("due", s.dueIDs(), []string{"n1", "n2"})
	}},
	{"invalid UTF-8 loses neither the call nor its other fields", func(s *subject) {
		c := call("x")
		c.From = "caller \xff\x00\x1b"
		c.Headers = map[string]string{"subject": "\xc3\x28 caf\xe9"}
		c.Metadata = strings.Repeat("\xfe<", 10)
		s.must(s.SaveCall(s.Context(), c, nil))
		got, err := s.Call(s.Context(), "x")
		s.must(err)
		s.same("text before the bytes", strings.HasPrefix(got.From, "caller "), true)
		s.same("text behind them", strings.Contains(got.Headers["subject"], " caf"), true)
		s.same("another field", got.To, c.To)
	}},
}
