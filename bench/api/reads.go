package main

import (
	"errors"

	"timbre/bench/stock"
)

// profiles is how many voices are enrolled: a page of a hundred, and more to follow.
const profiles = 200

// load is a kind of request.
type load struct {
	name     string
	requests []request
}

// reads are the requests that change nothing.
func (c client) reads(s stock.Stock) ([]load, error) {
	connector, err1 := c.sign("GET", "/voice-connectors/"+s.Connector, "", "200")
	list, err2 := c.sign("GET", "/voice-profiles?max-results=100&voice-profile-domain-id="+s.Domain, "", "200")
	tasks := load{name: "GetSpeakerSearchTask"}
	for _, id := range s.Tasks {
		task, err := c.sign("GET", "/voice-connectors/"+s.Connector+"/speaker-search-tasks/"+id, "", "200")
		if err != nil {
			return nil, err
		}
		tasks.requests = append(tasks.requests, task)
	}
	return []load{{"GetVoiceConnector", []request{connector}}, tasks, {"ListVoiceProfiles, 100", []request{list}}}, errors.Join(err1, err2)
}
