// Package check reports, before a server starts, what would keep it from doing so: settings, files, ports, limits of the system, clock,
// disk, certificates, the targets of events, models; and how many calls the machine can analyse, by a server that it runs for some
// seconds. Settings come in; findings go out, each with what to do about it. Beside probe files that it removes at once, and the port
// that it listens on for a moment, it changes nothing, and it sends no event. Package sbc does the same for what SBCs send.
package check

import (
	"context"

	"timbre/config"
	"timbre/environment"
)

// Config of the checks of a server.
type Config struct {
	Settings config.Settings
	Quick    bool // calls are not measured, which takes some seconds
}

// targets is the check of where events go.
const targets = "targets"

// checks are all of them, in the order of the report.
var checks = []struct {
	name string
	run  func(context.Context, machine, *findings)
}{
	{"settings", checkSettings},
	{"files", checkFiles},
	{"ports", checkPorts},
	{"descriptors", checkDescriptors},
	{"buffers", checkBuffers},
	{"clock", checkClock},
	{"disk", checkDisk},
	{"certificates", checkCertificates},
	{targets, checkTargets},
	{"issuer", checkIssuer},
	{"models", checkModels},
	{"calls", checkCalls},
}

// machine is what the checks look at.
type machine struct {
	Config
	system

	env     environment.Environment
	serving bool // a server runs on the data folder: what it has open is its own, and calls are not measured beside it
}

// Run makes all checks. What could not be looked at before ctx ended is left out.
func Run(ctx context.Context, env environment.Environment, cfg Config) Report {
	m := machine{Config: cfg, system: thisSystem(), env: env.Complete()}
	m.serving = m.running(ctx)
	var r Report
	for _, c := range checks {
		if ctx.Err() != nil {
			break
		}
		f := &findings{report: &r, check: c.name}
		c.run(ctx, m, f)
	}
	return r
}
