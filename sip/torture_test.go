package sip

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

// verdicts are what becomes of each of the torture messages, most of which are from RFC 4475, when it comes by UDP from a
// host that may call: the status of the answer, or nothing.
var verdicts = map[string]string{
	// Valid messages.
	"dblreq":     "405",     // one datagram with two requests: the first counts, and REGISTER is nothing for us
	"esc01":      "200",     // an INVITE with escapes in its addresses
	"esc02":      "405",     // a method of percent signs: no escape, so a method that nobody knows
	"escnull":    "405",     // a REGISTER with escaped zero bytes
	"intmeth":    "405",     // a method of every character that one may have
	"longreq":    "200",     // an INVITE with very long fields
	"lwsdisp":    "200",     // OPTIONS, and no blank between name and bracket
	"mpart01":    "405",     // a MESSAGE of several parts
	"noreason":   "nothing", // an answer to nobody, without a phrase
	"semiuri":    "200",     // OPTIONS, and a semicolon in the user part
	"transports": "200",     // OPTIONS by way of transports that nobody has heard of
	"unreason":   "nothing", // an answer to nobody, in Russian
	"wsinv":      "400",     // an INVITE with blanks wherever there may be one: those around a parameter's = are more than the SIP stack reads

	// Invalid ones, and some that are only hard to bear.
	"badaspec":   "400",     // brackets missing in the Request-URI
	"badbranch":  "200",     // OPTIONS, and a branch that is only the cookie: the stack makes do
	"baddate":    "200",     // an INVITE with a date of another zone: nobody asks what time it is
	"baddn":      "400",     // a name with brackets of its own
	"badinv01":   "400",     // an INVITE with a Via of nothing
	"badvers":    "505",     // SIP/7.0
	"bcast":      "nothing", // an answer by way of the broadcast address
	"bext01":     "420",     // requires what nobody knows
	"bigcode":    "nothing", // an answer of status 4294967301
	"clerr":      "400",     // longer than the datagram, by its Content-Length
	"cparam01":   "405",     // a REGISTER with a parameter outside of the brackets
	"cparam02":   "405",     // and one of an unknown parameter
	"escruri":    "200",     // an INVITE with a header in the Request-URI, which is left alone
	"insuf":      "400",     // an INVITE without To, From and Call-ID
	"inv2543":    "400",     // an INVITE of 1999: no tag, no Contact
	"invut":      "415",     // a body of a type that nobody knows
	"ltgtruri":   "400",     // brackets around the Request-URI
	"lwsruri":    "400",     // a blank in the Request-URI
	"lwsstart":   "400",     // two blanks in the first line
	"mcl01":      "400",     // two Content-Lengths
	"mismatch01": "400",     // CSeq of another method
	"mismatch02": "400",     // and of another unknown one
	"multi01":    "400",     // all headers twice, with other values
	"ncl":        "400",     // a negative Content-Length
	"novelsc":    "416",     // OPTIONS to a URI of another scheme
	"quotbal":    "400",     // a quote without an end
	"regaut01":   "405",     // a REGISTER with credentials of a scheme that nobody knows
	"regbadct":   "405",     // a REGISTER with a header in a Contact without brackets
	"regescrt":   "405",     // a REGISTER with an escaped header in its Contact
	"scalar02":   "400",     // numbers of 20 digits
	"scalarlg":   "nothing", // an answer with such numbers
	"sdp01":      "200",     // an INVITE that accepts no SDP, and offers some: a recorder answers in what was offered
	"test":       "nothing", // half a first line
	"trws":       "400",     // blanks behind the first line
	"unkscm":     "416",     // OPTIONS to a scheme of nobody
	"unksm2":     "405",     // a REGISTER whose Contact is of another scheme
	"zeromf":     "200",     // OPTIONS with no hop left, which needs none
}

// torture are the messages by their names. They lie in the SIP stack's module.
func torture(t *testing.T) map[string][]byte {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Skip("the go command, which knows where the messages are, is not here")
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip/testdata/torture/*/*.dat"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d messages, %v", len(files), err)
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

func TestEveryTortureMessageHasItsVerdict(t *testing.T) {
	all := torture(t)
	for name, raw := range all {
		t.Run(name, inBubble(func(t *testing.T) {
			want, stated := verdicts[name]
			if got := verdict(t, raw); !stated || got != want {
				t.Errorf("%s, the verdict stated is %q", got, want)
			}
		}))
	}
	if len(verdicts) != len(all) {
		t.Errorf("%d verdicts on %d messages", len(verdicts), len(all))
	}
}

// verdict is what a server makes of a datagram: what passes the inspection is handled.
func verdict(t *testing.T, raw []byte) string {
	t.Helper()
	b := newBench(t)
	defer b.close()
	in := b.stack.Inspect(netip.MustParseAddr("127.0.0.1"), bytes.Clone(raw))
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
		return "nothing" // nobody has asked
	}
	req.SetTransport("UDP")
	req.SetSource("127.0.0.1:5099")
	if code := b.answerTo(t, req); code > 0 {
		return strconv.Itoa(code)
	}
	return "nothing"
}

// answerTo is the status of the answer to a request; 0 without one. It is called in a bubble.
func (b *bench) answerTo(t *testing.T, req *gosip.Request) int {
	t.Helper()
	tx := newTransaction()
	go b.handle(req, tx)
	synctest.Wait()
	if n := b.rejected("panic"); n != 0 {
		t.Errorf("%v panics", n)
	}
	if res := tx.last(); res != nil {
		return res.StatusCode
	}
	return 0
}

func TestTortureMessagesAreSurvivedOnTheWire(t *testing.T) {
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
		t.Errorf("%v panics", n)
	}
}
