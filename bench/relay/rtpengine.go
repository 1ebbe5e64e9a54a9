package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"time"

	"timbre/bench/media"
	"timbre/bench/server"
	"timbre/test/peer/ng"
)

// The ports of rtpengine's audio: four a call.
const firstPort, lastPort = 40000, 59998

// rtpengine relays without signalling: what it needs to know is told by its control protocol.
type rtpengine struct {
	cmd    *exec.Cmd
	client *ng.Client
}

// newRTPEngine starts one on loopback, without its module for the kernel, and returns when it answers.
func newRTPEngine(ctx context.Context) (relay, error) {
	free, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	at := free.LocalAddr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	r := &rtpengine{cmd: exec.CommandContext(ctx, "rtpengine", "--config-file=none", "-f", "-t", "-1", "-i", "127.0.0.1", "-n", at,
		"-m", strconv.Itoa(firstPort), "-M", strconv.Itoa(lastPort), "-E", "--log-level=3")}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if r.client, err = ng.Dial(at); err != nil {
		return nil, err
	}
	const tries = 20
	for range tries {
		if answer, err := r.client.Ask("ping", nil); err == nil && answer["result"] == "pong" {
			return r, nil
		}
		<-time.After(100 * time.Millisecond)
	}
	r.close()
	return nil, errors.New("it does not answer")
}

func (r *rtpengine) connect(call, port int) ([]*media.Leg, error) {
	id := fmt.Sprintf("relay-%d", call)
	offered, err := r.client.Command("offer", ng.Dictionary{"call-id": id, "from-tag": "a", "sdp": offer(port)})
	if err != nil {
		return nil, err
	}
	answered, err := r.client.Command("answer", ng.Dictionary{"call-id": id, "from-tag": "a", "to-tag": "b", "sdp": offer(port)})
	if err != nil {
		return nil, err
	}
	caller, err1 := legTo(answered["sdp"].(string))
	gateway, err2 := legTo(offered["sdp"].(string))
	return []*media.Leg{caller, gateway}, errors.Join(err1, err2)
}

func (r *rtpengine) hangUp() error { return nil } // its calls end with it

func (r *rtpengine) cpu() time.Duration { return server.CPU(r.cmd.Process.Pid) }

func (r *rtpengine) memory() float64 { return server.Memory(r.cmd.Process.Pid, "VmRSS") }

func (r *rtpengine) close() {
	if r.client != nil {
		_ = r.client.Close()
	}
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}
