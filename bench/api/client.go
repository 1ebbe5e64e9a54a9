package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
)

// client sends requests to a server and looks at the processor time that it takes.
type client struct {
	address string
	server  *server.Process
}

// measurement is one run.
type measurement struct {
	took   []time.Duration // from sending a request to reading the response, in order of length
	span   time.Duration
	cpu    time.Duration // of the server
	bodies [][]byte      // of the answers, of a run that sends each request once
}

// run sends the requests over and over for a time, from n connections.
func (c client) run(n int, requests []request, span time.Duration) (measurement, error) {
	end := time.Now().Add(span)
	return c.send(n, func(i int) (*request, time.Time) {
		now := time.Now()
		if now.After(end) {
			return nil, now
		}
		return &requests[i%len(requests)], now
	}, func(int, []byte) {})
}

// once sends each request once, from n connections: as fast as they are answered, or so many a second.
func (c client) once(n int, requests []request, rate float64) (measurement, error) {
	bodies, began := make([][]byte, len(requests)), time.Now()
	m, err := c.send(n, func(i int) (*request, time.Time) {
		due := time.Now()
		if i >= len(requests) {
			return nil, due
		}
		if rate > 0 {
			due = began.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		}
		return &requests[i], due
	}, func(i int, body []byte) { bodies[i] = bytes.Clone(body) })
	m.bodies = bodies
	return m, err
}

// send lets each of n connections take the next request when the answer to its last one is there, until there is none. An answer takes
// time from when its request was due, whether a connection was free or not.
func (c client) send(n int, next func(i int) (q *request, due time.Time), answered func(i int, body []byte)) (m measurement, err error) {
	lines, took := make([]net.Conn, n), make([][]time.Duration, n)
	for i := range lines {
		if lines[i], err = net.Dial("tcp", c.address); err != nil { //nolint:noctx // it ends with the bench
			return m, err
		}
		defer func() { err = errors.Join(err, lines[i].Close()) }()
	}
	var at atomic.Int64
	var work errgroup.Group
	began, cpu := time.Now(), c.server.CPU()
	for line, conn := range lines {
		work.Go(func() error {
			in := bufio.NewReaderSize(conn, 64<<10)
			for {
				i := int(at.Add(1)) - 1
				q, due := next(i)
				if q == nil {
					return nil
				}
				if early := time.Until(due); early > 0 {
					<-time.After(early)
				}
				if _, err := conn.Write(q.wire); err != nil {
					return err
				}
				body, err := answer(in, q.status)
				if err != nil {
					return err
				}
				took[line] = append(took[line], time.Since(due))
				answered(i, body)
			}
		})
	}
	err = work.Wait()
	m.span, m.cpu, m.took = time.Since(began), c.server.CPU()-cpu, slices.Concat(took...)
	slices.Sort(m.took)
	return m, err
}

// answer reads an answer that has a Content-Length, which is all that the server's have, and nothing of it but what is
// needed: a whole client would cost as much as the server.
func answer(in *bufio.Reader, status string) (body []byte, err error) {
	first, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(line) <= 2 {
			break
		}
		if text, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(text))); err != nil {
				return nil, err
			}
		}
	}
	body = make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	if len(first) < 12 || first[9:12] != status {
		return nil, fmt.Errorf("%q instead of %s: %s", first, status, body)
	}
	return body, nil
}
