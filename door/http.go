package door

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// The deadlines of every HTTP server. Those of a connection that has been taken over, as by a feed, are its owner's.
const (
	headTimeout  = 10 * time.Second // for the TLS handshake, and for the header of a request from its first byte
	bodyTimeout  = 30 * time.Second // for a whole request
	writeTimeout = time.Minute      // from the header of a request to the end of its response, whatever the client reads
	idleTimeout  = 2 * time.Minute  // between requests of a client that has proven something
	maxHead      = 64 << 10         // bytes of a request before its body
)

// connKey is the key of a request's connection in its context.
type connKey struct{}

// Server makes an HTTP server for connections that the door has let in.
func (d *Door) Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: d.prove(h), ReadHeaderTimeout: headTimeout, ReadTimeout: bodyTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHead, ConnState: note,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, admitted(c))
		},
	}
}

// admitted is the connection of a door below an HTTP connection; nil: there is none.
func admitted(c net.Conn) *Conn {
	if secured, is := c.(*tls.Conn); is {
		c = secured.NetConn()
	}
	in, _ := c.(*Conn)
	return in
}

// note follows the states of a connection. It is busy from the end of a request's header: one that is slow to send it waits.
func note(c net.Conn, s http.ConnState) {
	in := admitted(c)
	if in == nil {
		return
	}
	switch s {
	case http.StateNew, http.StateIdle:
		in.become(true)
	case http.StateHijacked:
		in.leave()
	case http.StateActive, http.StateClosed:
	}
}

// prove serves requests. A connection whose first request is refused is closed with the answer: it has no reason to stay.
func (d *Door) prove(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(connKey{}).(*Conn)
		if c == nil {
			h.ServeHTTP(w, r)
			return
		}
		c.become(false)
		a := &answer{ResponseWriter: w, conn: c}
		h.ServeHTTP(a, r)
		c.prove(!a.wrote) // what is not written is 200
	})
}

// answer is a response that tells whether the request was refused.
type answer struct {
	http.ResponseWriter
	conn  *Conn
	wrote bool // its status
}

// Unwrap lets http.ResponseController and a feed reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if status >= http.StatusOK && !a.wrote {
		a.wrote = true
		if !a.conn.prove(status < http.StatusBadRequest) {
			a.Header().Set("Connection", "close")
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if !a.wrote {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(b)
}
