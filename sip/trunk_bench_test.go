package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// A call through a trunk over UDP on loopback, from INVITE to the answer to BYE, and both ends of it: what each call costs
// with 20 of them under way at once.
func BenchmarkTrunkCall(b *testing.B) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	go answerAll(conn)
	s := newBench(b, "udp://127.0.0.1:0")
	s.sipLog.off = true
	*s.dir = *gatewayed("udp", conn.LocalAddr().(*net.UDPAddr).Port)
	if _, err := s.Listen(); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() { stop(); <-ended }()
	go func() {
		for range s.calls.events { // nobody asks
		}
	}()
	b.SetParallelism(20 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	before := cpuTime()
	defer func() { b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/op") }()
	b.RunParallel(func(pb *testing.PB) {
		client, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.Addr("udp")))
		if err != nil {
			b.Error(err)
			return
		}
		defer client.Close()
		for n := 0; pb.Next(); n++ {
			id := fmt.Sprintf("%s-%d", client.LocalAddr(), n)
			res := converse(b, client, plain(id).text())
			tag := res.To().Params.GetOr("tag", "")
			write(client, message{method: "ACK", callID: id, toTag: tag, seq: 1}.text())
			converse(b, client, message{method: "BYE", callID: id, toTag: tag, seq: 2}.text())
		}
	})
}

// cpuTime is the processor time that has been used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// converse sends a request and gives its answer, which has to be 200. It is sent again when it was lost.
func converse(b *testing.B, client net.Conn, text string) *gosip.Response {
	buf := make([]byte, 1<<16)
	write(client, text)
	for {
		_ = client.SetReadDeadline(time.Now().Add(gosip.T1))
		n, err := client.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			write(client, text)
			continue
		}
		if err != nil {
			b.Error(err)
			runtime.Goexit()
		}
		msg, err := gosip.ParseMessage(buf[:n])
		if err != nil {
			b.Error(err)
			runtime.Goexit()
		}
		if res, ok := msg.(*gosip.Response); ok && !res.IsProvisional() {
			if res.StatusCode != gosip.StatusOK {
				b.Errorf("%s", res)
			}
			return res
		}
	}
}

// write sends a message whose addresses are made those of the client.
func write(client net.Conn, text string) {
	_, _ = client.Write([]byte(strings.ReplaceAll(text, "127.0.0.1:5099", client.LocalAddr().String())))
}

// answerAll is a gateway that takes every call.
func answerAll(conn *net.UDPConn) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		msg, err := gosip.ParseMessage(buf[:n])
		req, ok := msg.(*gosip.Request)
		if err != nil || !ok || req.IsAck() {
			continue
		}
		res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
		res.To().Params.Add("tag", "gw")
		res.AppendHeader(gosip.NewHeader("Contact", "<sip:gw@"+conn.LocalAddr().String()+">"))
		if req.IsInvite() {
			res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
			res.SetBody([]byte(oneLine))
		}
		_, _ = conn.WriteToUDPAddrPort([]byte(res.String()), from)
	}
}
