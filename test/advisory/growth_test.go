package advisory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A document must not grow when it is read (CWE-776), nor cost more than its bytes: CVE-2021-41145 (FreeSWITCH) is memory that small messages
// use up.
func TestDocumentsThatGrow(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	ann := s.peer(t, "tcp", "127.0.0.1")
	before := s.metric(t, "process_resident_memory_bytes")
	entities := `<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">`
	for i := range 9 {
		entities += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	for name, document := range map[string]string{
		"entities of entities": entities + "]><recording><participant participant_id='&j;'><nameID aor='&j;'/></participant></recording>",
		"deep":                 strings.Repeat("<a>", 60000),
		"many attributes":      "<recording " + strings.Repeat("a='b' ", 30000) + "/>",
		"many participants":    "<recording>" + strings.Repeat("<participant participant_id='p'/>", 6000) + "</recording>",
	} {
		t.Run(name, func(t *testing.T) {
			call := ann.recording(c)
			call.headers = append(call.headers, "Content-Type: multipart/mixed;boundary=b")
			call.body = strings.Join([]string{
				"--b", "Content-Type: application/sdp", "", offer(ann.host, 40000), "--b", "Content-Type: application/rs-metadata+xml", "", document, "--b--", "",
			}, "\r\n")
			began := time.Now()
			answer := ann.ask(call)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("got an answer after %s, want it at once", took)
			}
			if status(answer) == 200 {
				ann.bye(call, answer)
			}
		})
	}
	if after := s.metric(t, "process_resident_memory_bytes"); after > before+128<<20 {
		t.Errorf("got %.0f MiB more memory, want at most 128", (after-before)/(1<<20))
	}
	s.answersCalls(t, c)
}
