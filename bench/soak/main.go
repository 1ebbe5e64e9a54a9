// Command soak measures what media costs. It starts a server, sets up SIPREC calls of two legs, sends their audio in real time,
// 50 packets a second a leg, and prints lost packets, set-up times, and the processor time and memory of the server. No call is
// analysed. A sender for a hundred calls each is in this process; on a machine with few cores they are part of the load, and a run fails
// in which they do not send what is due. Calls a core are computed from the cost of a packet: of the server alone, and with the whole time
// that the kernel takes for the senders. On loopback it delivers a packet while it is sent, so what a server needs on a network lies between the two.
// After each run, a bare loop receives the same packets in this process, every 10 ms and every 100 ms, and drops them: the limits that the server's
// cost is compared with.
//
//	make build && go run ./bench/soak                                              300 calls for 10 minutes
//	go run ./bench/soak -calls 10,100,500,1000 -for 30s                            how the cost grows
//	go run ./bench/soak -calls 100 -for 30s -codec pcmu,g722,opus                  what codecs cost
//	go run ./bench/soak -calls 100 -for 30s -srtp none,AEAD_AES_256_GCM            what encryption costs
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/timbre", "the server")
	calls := flag.String("calls", "300", "concurrent calls; a run each")
	span := flag.Duration("for", 10*time.Minute, "duration of the measurement")
	codecs := flag.String("codec", "pcmu", "of the legs: pcmu, pcma, g722, opus; a run each")
	suites := flag.String("srtp", "none", "crypto suites by their SDES names, or none; a run each")
	rounds := flag.Int("rounds", 1, "runs of each")
	flag.Parse()
	if err := run(context.Background(), *binary, strings.Split(*calls, ","), strings.Split(*codecs, ","), strings.Split(*suites, ","), *span, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary string, calls, codecs, suites []string, span time.Duration, rounds int) error {
	fmt.Println("                                        server: CPU %  µs a  calls   KB a   packets    of which                 set-up ms:       a  sender  load of  offered  kernel  calls a core  bare  times  of 100 ms  times")
	fmt.Println("calls  codec  encryption               of a core       packet  a core  call      sent  due %   lost  late  dropped    p50    p99  second   CPU %  machine        %   µs     with the kernel  loop µs   that         µs   that")
	for _, text := range calls {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		for _, codec := range codecs {
			for _, suite := range suites {
				for range rounds {
					r, err := soak(ctx, plan{binary: binary, calls: n, codec: codec, suite: suite, span: span})
					if err != nil {
						return err
					}
					if err := r.print(n, codec, suite); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// rate is how many packets a call sends a second.
const rate = 100

// result is what was measured in one run.
type result struct {
	span, cpu           time.Duration // processor time of the server, in a span of time
	sender, kernel      time.Duration // processor time of the senders, and of the kernel for them
	offered             uint64        // packets that were sent during the measurement
	growth              float64       // of the server's resident memory because of the calls, in MB
	sent                uint64        // packets, in the whole run
	watched             uint64        // received during the measurement
	lost, late, dropped uint64        // of those sent
	setups              []time.Duration
	settingUp           time.Duration
	limits              [len(rounds)]time.Duration // processor time of a bare loop for a packet
	load                string
}

// leastOffered is the share of what is due that must be sent.
const leastOffered = 0.98

func (r result) print(calls int, codec, suite string) error {
	share := r.cpu.Seconds() / r.span.Seconds()
	slices.Sort(r.setups)
	at := func(q float64) float64 {
		return float64(r.setups[min(len(r.setups)-1, int(q*float64(len(r.setups))))].Microseconds()) / 1000
	}
	server, kernel := r.packet()
	due := r.due(calls)
	fmt.Printf("%5d  %-5s  %-23s  %8.1f       %6.1f  %6.0f  %4.0f  %8d  %5.1f  %5d %5d  %7d  %5.1f  %5.1f  %6.0f  %6.1f  %7s  %7.1f  %6.1f  %6.0f  %15.2f  %5.2f  %9.2f  %5.2f\n", calls, codec, suite, 100*share,
		1e6*server, callsOfCore(server), 1024*r.growth/float64(calls), r.sent, 100*float64(r.watched)/due, r.lost, r.late, r.dropped,
		at(0.5), at(0.99), float64(calls)/r.settingUp.Seconds(), 100*(r.sender+r.kernel).Seconds()/r.span.Seconds(), r.load,
		100*float64(r.offered)/due, 1e6*kernel, callsOfCore(server+kernel), 1e6*r.limits[0].Seconds(), server/r.limits[0].Seconds(),
		1e6*r.limits[1].Seconds(), server/r.limits[1].Seconds())
	return r.check(calls)
}

// packet is the cost of a packet in seconds: to the server, and to the kernel until it is in the server's socket.
func (r result) packet() (server, kernel float64) {
	return r.cpu.Seconds() / float64(max(1, r.watched)), r.kernel.Seconds() / float64(max(1, r.offered))
}

// callsOfCore is how many calls a core carries at the cost of a packet.
func callsOfCore(packet float64) float64 { return 1 / (rate * packet) }

// due is how many packets so many calls send during the measurement.
func (r result) due(calls int) float64 { return rate * float64(calls) * r.span.Seconds() }

// check refuses a run in which too little was sent.
func (r result) check(calls int) error {
	if share := float64(r.offered) / r.due(calls); share < leastOffered {
		return fmt.Errorf("%.1f %% of what is due was sent: nothing is measured", 100*share)
	}
	return nil
}
