package phone

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// uas is a recording server for tests: it answers INVITEs and counts what it hears.
type uas struct {
	t       *testing.T
	url     string
	script  func(u *uas, req *sip.Request, tx sip.ServerTransaction) // nil: take the call
	invites chan *sip.Request
	acks    chan *sip.Request
	byes    chan *sip.Request
	cancels chan struct{}
	client  *sipgo.Client
	agent   sipgo.DialogUA
	answer  func(labels []string, ports []int) string // nil: sdpAnswer
	taken   chan taken                                // the calls that were taken
	mu      sync.Mutex
	current *sipgo.DialogServerSession
}

// taken is a call as the server sees it.
type taken struct {
	dialog  *sipgo.DialogServerSession
	streams []*sink
}

func newUAS(t *testing.T, network string, change ...func(*uas)) *uas {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet)))
	must(t, err)
	srv, err := sipgo.NewServer(ua, sipgo.WithServerLogger(quiet))
	must(t, err)
	u := &uas{
		t: t, invites: make(chan *sip.Request, 9), acks: make(chan *sip.Request, 9),
		byes: make(chan *sip.Request, 9), cancels: make(chan struct{}, 9), taken: make(chan taken, 9),
	}
	for _, f := range change {
		f(u)
	}
	srv.OnInvite(u.invited)
	srv.OnAck(func(r *sip.Request, tx sip.ServerTransaction) {
		u.mu.Lock()
		if u.current != nil {
			_ = u.current.ReadAck(r, tx)
		}
		u.mu.Unlock()
		u.acks <- r
	})
	srv.OnBye(func(r *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(r, 200, "OK", nil))
		u.byes <- r
	})
	var serve func() error
	var listener io.Closer
	var port int
	if network == "udp" {
		conn, err := net.ListenPacket("udp", "127.0.0.1:0")
		must(t, err)
		port, serve = conn.LocalAddr().(*net.UDPAddr).Port, func() error { return srv.ServeUDP(conn) }
		listener = conn
	} else {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		port, serve = l.Addr().(*net.TCPAddr).Port, func() error { return srv.ServeTCP(l) }
		listener = l
	}
	u.url = network + "://127.0.0.1:" + strconv.Itoa(port)
	u.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(quiet), sipgo.WithClientHostname("127.0.0.1"))
	must(t, err)
	contact := sip.ContactHeader{Address: sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: port}}
	contact.Address.UriParams.Add("transport", network)
	u.agent = sipgo.DialogUA{Client: u.client, ContactHDR: contact}
	done := make(chan struct{})
	go func() { defer close(done); _ = serve() }()
	t.Cleanup(func() { _ = listener.Close(); _ = ua.Close(); <-done })
	return u
}

func (u *uas) invited(req *sip.Request, tx sip.ServerTransaction) {
	tx.OnCancel(func(*sip.Request) { u.cancels <- struct{}{} })
	u.invites <- req
	if u.script != nil {
		u.script(u, req, tx)
		return
	}
	u.take(req, tx)
}

func (u *uas) take(req *sip.Request, tx sip.ServerTransaction) {
	offer, _ := parts(u.t, req)
	var s sdp.SessionDescription
	if err := s.UnmarshalString(offer); err != nil {
		u.t.Error("offer:", err)
		return
	}
	var labels []string
	var ports []int
	var streams []*sink
	for _, m := range s.MediaDescriptions {
		label, _ := m.Attribute("label")
		k := newSink(u.t)
		streams = append(streams, k)
		labels, ports = append(labels, label), append(ports, k.port)
	}
	write := sdpAnswer
	if u.answer != nil {
		write = u.answer
	}
	d, err := u.agent.ReadInvite(req, tx)
	if err != nil {
		u.t.Error(err)
		return
	}
	u.mu.Lock()
	u.current = d
	u.mu.Unlock()
	u.taken <- taken{d, streams}
	if err := d.Respond(200, "OK", []byte(write(labels, ports)), sip.NewHeader("Content-Type", "application/sdp"),
		sip.NewHeader("X-Timbre-Transaction-Id", "5f1c2f1e-0000-4000-8000-000000000001")); err != nil {
		u.t.Error(err)
	}
}

func sdpAnswer(labels []string, ports []int) string {
	lines := []string{"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"}
	for i := range ports {
		lines = append(lines, "m=audio "+strconv.Itoa(ports[i])+" RTP/AVP 0 8", "a=recvonly")
		if labels[i] != "" {
			lines = append(lines, "a=label:"+labels[i])
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// parts are the offer and the metadata of an INVITE.
func parts(t *testing.T, req *sip.Request) (offer, metadata string) {
	kind, params, err := mime.ParseMediaType(req.ContentType().Value())
	if err != nil || kind != "multipart/mixed" {
		return string(req.Body()), ""
	}
	for r := multipart.NewReader(bytes.NewReader(req.Body()), params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			return
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Error(err)
		}
		switch p.Header.Get("Content-Type") {
		case "application/sdp":
			offer = string(body)
		case "application/rs-metadata+xml":
			metadata = string(body)
		default:
			t.Errorf("got part %v, want SDP or metadata", p.Header)
		}
	}
}

// sink receives one stream.
type sink struct {
	port    int
	mu      sync.Mutex
	packets []rtp.Packet
	grown   chan struct{} // signalled when packets has grown
}

func newSink(t *testing.T) *sink {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	k := &sink{port: conn.LocalAddr().(*net.UDPAddr).Port, grown: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for buf := make([]byte, 1500); ; {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			var p rtp.Packet
			if err := p.Unmarshal(bytes.Clone(buf[:n])); err != nil {
				t.Error(err)
			}
			k.mu.Lock()
			k.packets = append(k.packets, p)
			k.mu.Unlock()
			select {
			case k.grown <- struct{}{}:
			default:
			}
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return k
}

// wait gives the packets once there are at least n.
func (k *sink) wait(t *testing.T, n int) []rtp.Packet {
	t.Helper()
	for {
		k.mu.Lock()
		p := k.packets
		k.mu.Unlock()
		if len(p) >= n {
			return p
		}
		receive(t, k.grown, "an RTP packet")
	}
}

func receive[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	select {
	case v = <-c:
	case <-ctx.Done():
		t.Fatalf("got no %s, want one", what)
	}
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
