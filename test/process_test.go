package test

import (
	"context"
	"os/exec"
	"testing"

	"timbre/test/server"
)

// program builds the timbre binary once for all tests; surroundings are what a command of it runs in.
var program, surroundings = server.Binary, server.Surroundings

// process is a running `timbre serve`.
type process struct{ *server.Process }

// serve starts the binary with settings from the environment, and waits until it has printed its addresses.
func serve(ctx context.Context, t *testing.T, env ...string) process {
	t.Helper()
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe, "serve")
	cmd.Env = env
	return process{server.Launch(t, cmd)}
}

// serverEnv returns the environment of a server in a folder, on free ports.
func serverEnv(folder string) []string {
	return append(surroundings(), "TIMBRE_DATA="+folder, "TIMBRE_API_LISTEN=127.0.0.1:0", "TIMBRE_ADMIN_LISTEN=127.0.0.1:0",
		"TIMBRE_SIP_LISTEN=udp://127.0.0.1:0,tcp://127.0.0.1:0", "TIMBRE_RTP_PORTS=24000-24999",
		"TIMBRE_ACCESS_KEY_ID="+keyID, "TIMBRE_SECRET_ACCESS_KEY="+secret,
		"TIMBRE_NOTIFY_WEBHOOKS=test=http://127.0.0.1:1/#"+hookSecret) // nobody listens; a later value replaces it
}
