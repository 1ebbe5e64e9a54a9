package main

import (
	"slices"

	"timbre/search/fit"
)

// pair is a comparison of a profile with a call, of people of one corpus.
type pair struct {
	profile, call *voice
	trial         fit.Trial
}

// compare compares each call with each enrolment of the same corpus: strangers of another language and microphone are no test.
func compare(voices []voice) (all []pair) {
	for i := range voices {
		for k := range voices {
			call, profile := &voices[i], &voices[k]
			if call.Enrolment || !profile.Enrolment || call.Corpus != profile.Corpus {
				continue
			}
			all = append(all, pair{profile, call, fit.Trial{
				Score: cosine(profile, call), Profile: profile.Print, Caller: call.Print,
				ProfileID: profile.Call, CallID: call.Call, Enrolled: profile.Person, Speaking: call.Person,
			}})
		}
	}
	return all
}

func cosine(v, w *voice) (sum float64) {
	for i, x := range v.Print.Embedding {
		sum += float64(x) * float64(w.Print.Embedding[i])
	}
	return sum
}

func trials(pairs []pair) (all []fit.Trial) {
	for _, p := range pairs {
		all = append(all, p.trial)
	}
	return all
}

// people are the names of those who call, in order.
func people(pairs []pair) (all []string) {
	for _, p := range pairs {
		all = append(all, p.call.Person)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
