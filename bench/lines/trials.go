package main

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"timbre"
	"timbre/bench/corpus"
	"timbre/rtp/codec"
)

// writeTrials writes the calls of rows as recordings of both legs, and a list of trials of them for `timbre eval`: every call against the
// enrolment of everybody in the same corpus. Lost packets are silence in a recording.
func writeTrials(o options, wanted []string, speakers []corpus.Speaker) error {
	callers, others := assign(speakers, o.length, o.rounds)
	b := &bench{callers: callers[:min(o.people, len(callers))], announcement: others[0].Utterances}
	if err := os.MkdirAll(o.trials, 0o700); err != nil {
		return err
	}
	list, err := os.Create(filepath.Join(o.trials, "trials.csv"))
	if err != nil {
		return err
	}
	defer func() { _ = list.Close() }() // the writer has the error
	out := csv.NewWriter(list)
	_ = out.Write([]string{"enrol", "test", "label", "profile", "caller", "set", "line"})
	write := func(r row, words [][]int16, i, round int, name string) error {
		caller, agent, _, err := r.legs(words, b.agent(i), b.cues(r, i, round))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(o.trials, name), stereo(caller, agent), 0o600)
	}
	for i, p := range b.callers {
		if err := write(row{key: "enrolment"}, p.enrolment, i, 0, p.Name+".wav"); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if !slices.Contains(wanted, r.key) {
			continue
		}
		for i, p := range b.callers {
			for round, words := range p.tests {
				name := fmt.Sprintf("%s-%s-%d.wav", p.Name, r.key, round+1)
				if err := write(r, words, i, round, name); err != nil {
					return err
				}
				for _, q := range b.callers {
					if q.Corpus == p.Corpus {
						label := map[bool]string{true: "target", false: "nontarget"}[p == q]
						_ = out.Write([]string{q.Name + ".wav", name, label, q.Name, p.Name, p.Corpus, r.key})
					}
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// stereo is a WAV file of two legs, µ-law.
func stereo(one, other leg) []byte {
	n := 0
	for _, l := range []leg{one, other} {
		for _, f := range l {
			n = max(n, timbre.Samples(f.At)+len(f.PCM))
		}
	}
	data := make([]byte, 0, 2*n)
	a, b := codec.ULaw.Encode(nil, one.samples(n)), codec.ULaw.Encode(nil, other.samples(n))
	for i := range a {
		data = append(data, a[i], b[i])
	}
	le := binary.LittleEndian
	w := le.AppendUint32([]byte("RIFF"), uint32(36+len(data)))
	w = le.AppendUint32(append(w, "WAVEfmt "...), 16)
	w = le.AppendUint16(le.AppendUint16(w, 7), 2) // µ-law, two channels
	w = le.AppendUint32(le.AppendUint32(w, timbre.SampleRate), 2*timbre.SampleRate)
	w = le.AppendUint16(le.AppendUint16(w, 2), 8)
	return append(le.AppendUint32(append(w, "data"...), uint32(len(data))), data...)
}

// samples are the first n samples of a leg.
func (l leg) samples(n int) []int16 {
	pcm := make([]int16, n)
	for _, f := range l {
		copy(pcm[timbre.Samples(f.At):], f.PCM)
	}
	return pcm
}
