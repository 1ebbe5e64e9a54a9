// Command relay measures what it costs to put a call through: the audio of two parties, 50 packets a second each way, between two ends of
// this process. It sets up calls through the connector of a server, which also decodes what is said, as it does to analyse it; then the
// same calls through rtpengine, which relays alone, without its module for the kernel. It prints the processor time of either, and fails
// if less was sent than is due.
//
//	make build && go run ./bench/relay
//	go run ./bench/relay -through rtpengine -calls 50
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"timbre/bench/media"
)

func main() {
	var b bench
	flag.StringVar(&b.binary, "binary", "bin/timbre", "the server")
	flag.IntVar(&b.calls, "calls", 100, "concurrent calls")
	flag.DurationVar(&b.span, "for", 20*time.Second, "duration of a measurement")
	through := flag.String("through", "timbre,rtpengine", "what relays; a run each")
	flag.Parse()
	if err := b.run(context.Background(), strings.Split(*through, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "relay:", err)
		os.Exit(1)
	}
}

// bench is what is measured and how.
type bench struct {
	binary string
	calls  int
	span   time.Duration
}

// relay is what calls are put through.
type relay interface {
	// connect sets up a call between two ends whose audio comes from and goes to a port, and returns where each sends to.
	connect(call, port int) ([]*media.Leg, error)
	hangUp() error
	cpu() time.Duration
	memory() float64 // MB that are resident
	close()
}

// warmUp is how long audio flows before the measurement, and grace for the last packets to come back.
const (
	warmUp = 3 * time.Second
	grace  = time.Second
)

func (b bench) run(ctx context.Context, through []string) error {
	fmt.Println("through    calls  CPU % of a core  µs a packet  calls a core  KB a call      sent   lost")
	for _, name := range through {
		if err := b.measure(ctx, strings.TrimSpace(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// open starts a relay whose calls have their audio at the ports of senders.
func (b bench) open(ctx context.Context, name string, port func(call int) int) (relay, error) {
	switch name {
	case "timbre":
		return newTimbre(ctx, b.binary, port)
	case "rtpengine":
		return newRTPEngine(ctx)
	}
	return nil, fmt.Errorf("nothing is called %q", name)
}

func (b bench) measure(ctx context.Context, name string) error {
	f, err := media.FormatOf("pcmu")
	if err != nil {
		return err
	}
	out, err := media.NewSenders(f, b.calls)
	if err != nil {
		return err
	}
	defer out.Close()
	out.Receive()
	r, err := b.open(ctx, name, out.Port)
	if err != nil {
		return err
	}
	defer r.close()
	legs, empty := make([][]*media.Leg, b.calls), r.memory()
	for i := range legs {
		if legs[i], err = r.connect(i, out.Port(i)); err != nil {
			return fmt.Errorf("call %d: %w", i, err)
		}
	}
	out.Start(legs)
	<-time.After(warmUp)
	cpu, sent, began := r.cpu(), out.Sent(), time.Now()
	<-time.After(b.span)
	m := measured{cpu: r.cpu() - cpu, span: time.Since(began), memory: r.memory() - empty, sent: out.Sent() - sent}
	if err := out.End(); err != nil {
		return err
	}
	<-time.After(grace)
	m.all, m.lost = out.Sent(), out.Sent()-min(out.Sent(), out.Received())
	if err := b.print(name, m); err != nil {
		return err
	}
	return r.hangUp()
}

// measured is what was found of a relay.
type measured struct {
	cpu, span time.Duration
	memory    float64 // MB because of the calls
	sent      uint64  // packets, in the span
	all, lost uint64  // packets of the whole run
}

// A call sends so many packets a second, of which a share must be sent.
const (
	rate      = 100
	leastSent = 0.98
)

func (b bench) print(name string, m measured) error {
	packet := m.cpu.Seconds() / float64(max(1, m.sent))
	fmt.Printf("%-9s  %5d  %15.1f  %11.1f  %12.0f  %9.0f  %8d  %5d\n", name, b.calls, 100*m.cpu.Seconds()/m.span.Seconds(), 1e6*packet, 1/(rate*packet),
		1024*m.memory/float64(b.calls), m.all, m.lost)
	if share := float64(m.sent) / (rate * float64(b.calls) * m.span.Seconds()); share < leastSent {
		return fmt.Errorf("%.1f %% of what is due was sent: nothing is measured", 100*share)
	}
	return nil
}

// offer is a session description of an end whose audio is at a port.
func offer(port int) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n", port)
}
