package node

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"

	"timbre"
	"timbre/config"
	"timbre/door"
)

// httpServer is an HTTP server with its listener.
type httpServer struct {
	server   *http.Server
	listener net.Listener
	address  string // HOST:PORT
	secure   bool   // with TLS
}

// listenHTTP opens the port of a handler, with TLS if a certificate is configured. section is the settings' section: errors
// name section.listen and section.tls.
func (n *Node) listenHTTP(section, address string, files config.TLS, d *door.Door, h http.Handler) (*httpServer, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, timbre.Errorf(timbre.Unavailable, "", "%s.listen: cannot listen on %s: %w", section, address, errors.Unwrap(err))
	}
	s := &httpServer{listener: d.Listener(listener), address: listener.Addr().String(), server: d.Server(h)}
	s.server.ErrorLog = slog.NewLogLogger(n.env.Log.Handler(), slog.LevelDebug)
	n.http = append(n.http, s)
	if files.Cert == "" {
		return s, nil
	}
	c, err := n.openCertificate(section+".tls", files)
	if err != nil {
		return nil, err
	}
	s.secure = true
	s.listener = tls.NewListener(s.listener, &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12})
	return s, nil
}

// serve answers requests until ctx ends. Requests in flight then have shutdownTimeout to complete.
func (s *httpServer) serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.server.Serve(s.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if e := <-failed; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

func (s *httpServer) close() {
	_ = s.server.Close()
	_ = s.listener.Close()
}
