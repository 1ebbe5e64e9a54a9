package notifytest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Wire stands between a sink and a server of any protocol. It can be cut, or become deaf.
type Wire struct {
	Address string
	to      string
	lines   lines
	copying sync.WaitGroup
}

// NewWire forwards to a server, until the test ends. What is sent on a deaf wire hangs.
func NewWire(t testing.TB, to string, faults *Faults) *Wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{Address: listener.Addr().String(), to: to, lines: lines{Listener: listener, heard: faults.hanging}}
	w.copying.Go(w.accept)
	t.Cleanup(w.Stop)
	return w
}

func (w *Wire) accept() {
	for {
		client, err := w.lines.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
			w.copying.Go(func() {
				_, _ = io.Copy(way[1], way[0])
				_ = way[1].Close()
			})
		}
	}
}

// Vanish makes the wire deaf on all connections there are: the server gets nothing more, and the client no answer.
func (w *Wire) Vanish() { w.lines.deafen() }

// Cut ends all connections there are.
func (w *Wire) Cut() { w.lines.each(func(one *line) { _ = one.Conn.Close() }) }

// Stop ends the wire.
func (w *Wire) Stop() {
	_ = w.lines.Close()
	w.lines.end()
	w.Cut()
	w.copying.Wait()
}
