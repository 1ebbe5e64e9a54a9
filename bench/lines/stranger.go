package main

import (
	"fmt"
	"os"
	"slices"

	"timbre/bench/line"
)

// Strangers counts the calls of people who are not in the domain that is searched.
type Strangers struct {
	Profiles int     `json:"profiles"` // in the domain
	Calls    int     `json:"calls"`
	Named    int     `json:"named"` // somebody was
	Low      float64 `json:"low"`   // the 95 % interval of the share of named ones
	High     float64 `json:"high"`
}

var domainSizes = []int{1, 5, 10, 20}

// measureStrangers lets everybody call into domains of other people, several of each size.
func (b *bench) measureStrangers(calls int) error {
	for _, n := range domainSizes {
		domains, err := b.divide(n)
		if err != nil {
			return err
		}
		s := Strangers{Profiles: n}
		for i := range b.callers {
			order := line.Seed("strangers", b.callers[i].Name, fmt.Sprint(n)).Perm(len(domains))
			order = slices.DeleteFunc(order, func(d int) bool { return i/n == d })
			for _, d := range order[:min(calls, len(order))] {
				named, err := b.isNamed(i, domains[d])
				if err != nil {
					return err
				}
				s.Calls++
				if named {
					s.Named++
				}
			}
		}
		s.Low, s.High = interval(s.Named, s.Calls)
		b.report.Strangers = append(b.report.Strangers, s)
		fmt.Fprintln(os.Stderr, s.line())
	}
	return nil
}

// divide divides the people into domains of n: the i-th one is in domain i/n, if there are enough for that.
func (b *bench) divide(n int) (domains []string, err error) {
	for group := range slices.Chunk(b.callers, n) {
		if len(group) < n {
			break
		}
		id := fmt.Sprintf("domain %d of %d", len(domains), n)
		if err := b.addDomain(id); err != nil {
			return nil, err
		}
		for _, p := range group {
			if _, err := b.copyTo(id, p.print); err != nil {
				return nil, err
			}
		}
		domains = append(domains, id)
	}
	return domains, nil
}

// isNamed says whether a call by a person, on a clean line, finds anybody in a domain.
func (b *bench) isNamed(i int, domain string) (bool, error) {
	caller, agent, _, err := rows[0].legs(b.callers[i].tests[0], b.agent(i), b.cues(rows[0], i, 0))
	if err != nil {
		return false, err
	}
	t, _, err := b.call(b.callers[i].Name, strangersKey, domain, caller, agent, identified)
	return len(t.Matches) > 0, err
}
