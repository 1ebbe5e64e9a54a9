package storetest

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"timbre"
)

// traces returns forms in which an embedding could be stored unencrypted: four consecutive values, in either byte order and
// either precision, and single values as text.
func traces(e timbre.Embedding) map[string][]byte {
	found := map[string][]byte{}
	for _, at := range []int{0, len(e) / 2, len(e) - 4} {
		for name, order := range map[string]binary.ByteOrder{"little endian": binary.LittleEndian, "big endian": binary.BigEndian} {
			single, double := []byte{}, []byte{}
			for _, v := range e[at : at+4] {
				single, _ = binary.Append(single, order, v)
				double, _ = binary.Append(double, order, float64(v))
			}
			found[name+" float32 at "+strconv.Itoa(at)] = single
			found[name+" float64 at "+strconv.Itoa(at)] = double
		}
		found["text at "+strconv.Itoa(at)] = strconv.AppendFloat(nil, float64(e[at]), 'f', 6, 32)
	}
	return found
}

// hidden checks that no file contains a trace of the voices.
func (s *subject) hidden(when string, voices ...int) {
	s.Helper()
	raw := s.engine.Raw(s.T)
	for _, v := range voices {
		for form, trace := range traces(voiceprint(v).Embedding) {
			if bytes.Contains(raw, trace) {
				s.Errorf("%s: got voice %d unencrypted, %s", when, v, form)
			}
		}
	}
}

var secrecy = []fact{
	{"the scan of the files finds unencrypted data", func(s *subject) {
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		s.same("a name, found", bytes.Contains(s.engine.Raw(s.T), []byte(connector("c1").Name)), true)
	}},
	{"no embedding is ever in a file unencrypted", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.searched("t1", "d1", 1)
		s.hidden("in a task", 1)
		s.must(s.EnrolProfile(ctx, profile("p1", "d1", 1), "t1"))
		s.hidden("in a profile", 1)
		s.searched("t2", "d1", 2)
		s.must(s.RenewProfile(ctx, profile("p1", "d1", 2), "t2"))
		s.hidden("renewed", 1, 2)
		s.reopen()
		s.hidden("after a restart", 1, 2)
		s.must(s.DeleteProfile(ctx, "p1"))
		s.hidden("deleted", 1, 2)
		s.enrol("p3", "d1", 3)
		s.must(s.DeleteDomain(ctx, "d1"))
		s.hidden("deleted with its domain", 3)
		s.reopen()
		s.hidden("after all", 1, 2, 3)
	}},
}
