package sip

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

// verdicts are the status of the response to each torture message, most of them from RFC 4475, when it comes by UDP from an
// allowed host, or nothing.
var verdicts = map[string]string{
	// Valid messages.
	"dblreq":     "405",     // two requests in one datagram: the first counts, and REGISTER is not served
	"esc01":      "200",     // an INVITE with escapes in its addresses
	"esc02":      "405",     // a method with percent signs, which are no escapes there: it is unknown
	"escnull":    "405",     // a REGISTER with escaped zero bytes
	"intmeth":    "405",     // a method of every character that a method may have
	"longreq":    "200",     // an INVITE with very long fields
	"lwsdisp":    "200",     // OPTIONS without a blank between display name and bracket
	"mpart01":    "405",     // a MESSAGE with a multipart body
	"noreason":   "nothing", // a response without a request, and without a reason phrase
	"semiuri":    "200",     // OPTIONS with a semicolon in the user part
	"transports": "200",     // OPTIONS with unknown transports in Via
	"unreason":   "nothing", // a response without a request, with a Russian reason phrase
	"wsinv":      "481",     // an INVITE with white space wherever it is allowed, within a dialog that does not exist

	// Invalid messages, and unusual ones.
	"badaspec":   "200",     // OPTIONS with blanks within the brackets of an address, which are ignored
	"badbranch":  "200",     // OPTIONS whose branch is the magic cookie alone: the stack accepts it
	"baddate":    "200",     // an INVITE with a Date in another zone: it is not read
	"baddn":      "400",     // an unquoted display name with a comma, which would do, but no empty line after the head
	"badinv01":   "400",     // an INVITE with an empty Via parameter
	"badvers":    "505",     // SIP/7.0
	"bcast":      "nothing", // a response with a broadcast address in Via
	"bext01":     "420",     // requires an unknown extension
	"bigcode":    "nothing", // a response with status 4294967301
	"clerr":      "400",     // Content-Length exceeds the datagram
	"cparam01":   "405",     // a REGISTER whose Contact has a parameter outside of the brackets
	"cparam02":   "405",     // a REGISTER whose Contact has an unknown parameter
	"escruri":    "200",     // an INVITE with a header in the Request-URI, which is ignored
	"insuf":      "400",     // an INVITE without To, From and Call-ID
	"inv2543":    "400",     // an INVITE of RFC 2543: no tag, no Contact
	"invut":      "415",     // a body of an unknown type
	"ltgtruri":   "400",     // brackets around the Request-URI
	"lwsruri":    "400",     // a blank in the Request-URI
	"lwsstart":   "400",     // two blanks in the request line
	"mcl01":      "400",     // two Content-Lengths
	"mismatch01": "400",     // CSeq of another method
	"mismatch02": "400",     // CSeq of another method, and the method is unknown
	"multi01":    "400",     // all headers twice, with different values
	"ncl":        "400",     // a negative Content-Length
	"novelsc":    "416",     // OPTIONS to a URI of another scheme
	"quotbal":    "400",     // an unterminated quoted string
	"regaut01":   "405",     // a REGISTER with credentials of an unknown scheme
	"regbadct":   "405",     // a REGISTER with a header in a Contact without brackets
	"regescrt":   "405",     // a REGISTER with an escaped header in its Contact
	"scalar02":   "400",     // numbers of 20 digits
	"scalarlg":   "nothing", // a response with numbers of 20 digits
	"sdp01":      "200",     // an INVITE that offers SDP and does not accept it: it is answered in SDP
	"test":       "nothing", // half a request line
	"trws":       "400",     // blanks after the request line
	"unkscm":     "416",     // OPTIONS to an unknown scheme
	"unksm2":     "405",     // a REGISTER whose Contact has another scheme
	"zeromf":     "200",     // OPTIONS with Max-Forwards 0, which is not forwarded
}

// torture are the messages by their names, from the module of the SIP stack.
func torture(t *testing.T) map[string][]byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Skip("no go command to find the messages in their module")
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip/testdata/torture/*/*.dat"))
	if err != nil || len(files) < 50 {
		t.Fatalf("got %d messages, %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".dat")] = raw
	}
	return all
}

func TestTortureMessages(t *testing.T) {
	all := torture(t)
	for name, raw := range all {
		t.Run(name, inBubble(func(t *testing.T) {
			want, stated := verdicts[name]
			if got := verdict(t, raw); !stated || got != want {
				t.Errorf("got %s, want %q", got, want)
			}
		}))
	}
	if len(verdicts) != len(all) {
		t.Errorf("got %d verdicts for %d messages", len(verdicts), len(all))
	}
}

// verdict is what a server does with a datagram: the status of the response, or nothing.
func verdict(t *testing.T, raw []byte) string {
	t.Helper()
	b := newBench(t)
	defer b.close()
	in := b.stack.Inspect(byConnection("127.0.0.1"), bytes.Clone(raw))
	if in.Pass == nil {
		if n := b.rejected("parse"); n != 1 {
			t.Errorf("got %v messages counted as unparsable, want 1", n)
		}
		if in.Response != nil {
			return string(in.Response[len("SIP/2.0 "):][:3])
		}
		return "nothing"
	}
	req, ok := in.Message.(*gosip.Request)
	if !ok {
		return "nothing" // a response without a request
	}
	req.SetTransport("UDP")
	req.SetSource("127.0.0.1:5099")
	if code := b.answerTo(t, req); code > 0 {
		return strconv.Itoa(code)
	}
	return "nothing"
}

// answerTo is the status of the response to a request; 0 without one. It is called in a bubble.
func (b *bench) answerTo(t *testing.T, req *gosip.Request) int {
	t.Helper()
	tx := newTransaction()
	go b.handle(req, tx)
	synctest.Wait()
	if n := b.rejected("panic"); n != 0 {
		t.Errorf("got %v panics, want 0", n)
	}
	if res := tx.last(); res != nil {
		return res.StatusCode
	}
	return 0
}

func TestTortureMessagesOnSockets(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	for _, raw := range torture(t) {
		if _, err := p.conn.Write(raw); err != nil {
			t.Fatal(err)
		}
		c := dial(t, r, "tcp")
		c.send(string(raw))
		_ = c.conn.Close()
	}
	r.serves(t) // it is still there
	if n := r.rejected("panic"); n != 0 {
		t.Errorf("got %v panics, want 0", n)
	}
}
