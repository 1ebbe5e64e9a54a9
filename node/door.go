package node

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"timbre"
	"timbre/config"
)

// door is an HTTP server and the port that it will serve.
type door struct {
	*http.Server
	port net.Listener
}

// open takes a port for a handler. A port in use is one sentence that names the setting.
func (n *Node) open(setting, address string, h http.Handler) (at string, err error) {
	port, err := net.Listen("tcp", address)
	if err != nil {
		return "", timbre.Errorf(timbre.Unavailable, "", "%s: cannot listen on %s: %w", setting, address, errors.Unwrap(err))
	}
	n.doors = append(n.doors, door{&http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}, port})
	return port.Addr().String(), nil
}

// secure makes the door that was opened last speak TLS, if there is a certificate.
func (n *Node) secure(setting string, files config.TLS) (is bool, err error) {
	if files.Cert == "" {
		return false, nil
	}
	c, err := newCertificate(setting, files, n.log)
	if err != nil {
		return false, err
	}
	d := &n.doors[len(n.doors)-1]
	d.port = tls.NewListener(d.port, &tls.Config{GetCertificate: c.get, MinVersion: tls.VersionTLS12})
	return true, nil
}

// serve answers requests until ctx ends, and those under way to their end.
func (d door) serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- d.Serve(d.port) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := d.Shutdown(last)
	if e := <-failed; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}
