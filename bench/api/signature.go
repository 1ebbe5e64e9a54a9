package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"runtime"
	"syscall"
	"time"

	"timbre"
	"timbre/api/sigv4"
	"timbre/bench/server"
	"timbre/environment"
)

// keyring knows the bench's key.
type keyring struct{}

func (keyring) Key(id string) (timbre.Key, bool) {
	return timbre.Key{ID: server.KeyID, Secret: server.Secret}, id == server.KeyID
}

// Used implements timbre.Keys.
func (keyring) Used(string) {}

// checks is how many signatures are checked for the time of one.
const checks = 20_000

// processorTime is what this process has taken.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for bad arguments alone
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// check measures what checking the signature of such requests takes, as the server does it.
func (r *report) check(operation string, requests []request) error {
	var arrived []*http.Request
	var bodies [][]byte
	for _, q := range requests {
		a, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(q.wire)))
		if err != nil {
			return err
		}
		body, err := io.ReadAll(a.Body)
		if err != nil {
			return err
		}
		arrived, bodies = append(arrived, a), append(bodies, body)
	}
	signed, err := time.Parse("20060102T150405Z", arrived[0].Header.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	env := environment.Environment{Now: func() time.Time { return signed }}
	var v *sigv4.Verifier
	runtime.GC()
	began := processorTime()
	for i := range checks {
		if i%len(arrived) == 0 { // it takes each request once
			v = sigv4.New(env, keyring{})
		}
		if _, err := v.Check(arrived[i%len(arrived)], func() ([]byte, error) { return bodies[i%len(bodies)], nil }); err != nil {
			return err
		}
	}
	each := (processorTime() - began).Seconds() / checks
	for _, o := range r.Rows {
		if o.Operation == operation {
			o.CheckMicros, o.CheckShare = each*1e6, each*o.CoreRate
		}
	}
	return nil
}
