package phone

import (
	"encoding/base64"
	"encoding/xml"
	"time"

	"github.com/google/uuid"

	"timbre"
)

// The recording metadata of RFC 7865, as far as a client with two parties needs it.
type (
	recording struct {
		XMLName      xml.Name      `xml:"urn:ietf:params:xml:ns:recording:1 recording"`
		DataMode     string        `xml:"datamode"`
		Session      session       `xml:"session"`
		Participants []participant `xml:"participant"`
		Streams      []stream      `xml:"stream"`
		Recorded     association   `xml:"sessionrecordingassoc"`
		Present      []association `xml:"participantsessionassoc"`
		Speaking     []speaking    `xml:"participantstreamassoc"`
	}
	session struct {
		ID      string `xml:"session_id,attr"`
		Started string `xml:"start-time"`
	}
	participant struct {
		ID   string `xml:"participant_id,attr"`
		Name nameID `xml:"nameID"`
	}
	nameID struct {
		AOR  string `xml:"aor,attr"`
		Name string `xml:"name,omitempty"`
	}
	stream struct {
		ID      string `xml:"stream_id,attr"`
		Session string `xml:"session_id,attr"`
		Label   string `xml:"label"`
	}
	association struct {
		Participant string `xml:"participant_id,attr,omitempty"`
		Session     string `xml:"session_id,attr"`
		Since       string `xml:"associate-time"`
	}
	speaking struct {
		Participant string   `xml:"participant_id,attr"`
		Send        string   `xml:"send"`
		Receive     []string `xml:"recv"`
	}
)

// metadata names the two parties and says which stream each speaks in. The caller is the first participant.
func metadata(legs []*leg, cfg Config, now time.Time) ([]byte, error) {
	since := now.UTC().Format(time.RFC3339)
	r := recording{DataMode: "complete", Session: session{name(), since}}
	r.Recorded = association{Session: r.Session.ID, Since: since}
	for _, l := range legs {
		r.Streams = append(r.Streams, stream{name(), r.Session.ID, l.label})
	}
	for i, p := range []Party{cfg.Caller, cfg.Callee} {
		who := participant{name(), nameID{p.AOR, p.Name}}
		r.Participants = append(r.Participants, who)
		r.Present = append(r.Present, association{who.ID, r.Session.ID, since})
		in := speaking{Participant: who.ID, Send: r.Streams[i%len(r.Streams)].ID}
		for _, s := range r.Streams {
			if s.ID != in.Send {
				in.Receive = append(in.Receive, s.ID)
			}
		}
		r.Speaking = append(r.Speaking, in)
	}
	text, err := xml.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "phone.Dial", "metadata: %w", err)
	}
	return append([]byte(xml.Header), text...), nil
}

// name is a new identifier (RFC 7865): a UUID in base64.
func name() string {
	id := uuid.New()
	return base64.StdEncoding.EncodeToString(id[:])
}
