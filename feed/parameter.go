package feed

import (
	"cmp"
	"strconv"
	"strings"
)

// setParameters sets the fields that parameters name: connectorId, callId, from, to. The others become metadata.
func (m *startMessage) setParameters(parameters map[string]string) {
	m.metadata = map[string]string{}
	for name, value := range parameters {
		switch strings.ToLower(name) {
		case "connectorid":
			m.connectorID = value
		case "callid":
			m.callID = value
		case "from":
			m.from = value
		case "to":
			m.to = value
		default:
			m.metadata[name] = value
		}
	}
}

// setDefaults sets the fields that parameters have left empty to what the platform itself says.
func (m *startMessage) setDefaults(callID, from, to string) {
	m.callID, m.from, m.to = cmp.Or(m.callID, callID), cmp.Or(m.from, from), cmp.Or(m.to, to)
}

// note adds metadata, unless it is empty.
func (m *startMessage) note(name, value string) {
	if value != "" {
		m.metadata[name] = value
	}
}

// scalars are the members of an object that are strings, numbers or booleans, as text.
func scalars(m map[string]any) map[string]string {
	all := map[string]string{}
	for name, value := range m {
		switch v := value.(type) {
		case string:
			all[name] = v
		case float64:
			all[name] = strconv.FormatFloat(v, 'f', -1, 64)
		case bool:
			all[name] = strconv.FormatBool(v)
		}
	}
	return all
}
