package main

import "timbre/bench/stock"

const (
	putName = "PutVoiceConnectorTermination"
	puts    = 500 // of a run
)

// puts are requests that change who may call a connector. Each is signed of its own: a server takes a change once.
func (c client) puts(s stock.Stock) (list []request, err error) {
	for range puts {
		q, err := c.sign("PUT", "/voice-connectors/"+s.Connector+"/termination",
			`{"Termination":{"CallingRegions":["US"],"CidrAllowedList":["192.0.2.0/28"]}}`, "200")
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	return list, nil
}

// put measures changes of a connector.
func (c client) put(s stock.Stock, connections int, into *report) error {
	list, err := c.puts(s)
	if err != nil {
		return err
	}
	m, err := c.once(connections, list, 0)
	if err == nil {
		into.add(putName, connections, m)
	}
	return err
}
