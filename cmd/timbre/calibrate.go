package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"timbre"
	"timbre/cmd/timbre/evaluate"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
	"timbre/search/archive"
)

// calibration is `timbre calibrate`.
type calibration struct {
	Fit    fitting    `cmd:"" default:"withargs" help:"Fit a calibration to recordings of known people, or to a domain's calls. This is the default: its flags are shown by timbre calibrate fit --help."`
	List   fitted     `cmd:"" help:"List the fitted calibrations."`
	Revoke revocation `cmd:"" help:"Revoke a fitted calibration: the one before it applies again."`
}

// fitting is `timbre calibrate fit`.
type fitting struct {
	cutting
	Recordings string `arg:"" optional:"" help:"List of trials, or folder with one sub-folder a person, each with recordings of several days. Without it, the domain's calls of the last day are used, as far as profiles were created or updated from them."`
	Domain     string `placeholder:"ID" help:"Voice profile domain that the calibration is for; without it, it is for all domains that have none of their own."`
	OneSession bool   `help:"Accept tests of the same recording as the enrolment. The result is too sure of itself on other days: for trying out."`

	config.Settings `uses:"data,store.url,search,speech,tone,infer,models,log"`
}

// Run fits and stores a calibration. A running server uses it from its next search on.
func (f fitting) Run(ctx context.Context) (err error) {
	if f.Recordings == "" && f.Domain == "" {
		return timbre.Errorf(timbre.Invalid, "", "name a folder or a list of trials, or --domain for the calls of a domain")
	}
	if err := node.IsDataFolder(f.Settings); err != nil {
		return err
	}
	offline, err := node.OpenOffline(ctx, environment.Environment{Log: f.Log.Logger(os.Stderr)}, f.Settings, f.Domain)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, offline.Close()) }()
	comparisons, need, err := f.comparisons(ctx, offline)
	if err != nil {
		return err
	}
	measure := evaluate.Measure{}
	if !offline.Bare {
		measure.Calibration = offline.Calibration
	}
	fit, err := measure.Fit(comparisons, need)
	if err != nil {
		return err
	}
	fmt.Println(fit)
	if !fit.Better() {
		fmt.Println("The model's calibration is as good for these people. Nothing was stored.")
		return nil
	}
	return f.store(offline, fit)
}

// comparisons are those that are fitted to, and what more of them would need.
func (f fitting) comparisons(ctx context.Context, offline *node.Offline) (all []evaluate.Comparison, need string, err error) {
	if f.Recordings != "" {
		heard, err := f.hear(ctx, f.Recordings, offline, !f.OneSession)
		for _, l := range heard.LeftOut {
			fmt.Fprintln(os.Stderr, l.Name+":", l.Reason)
		}
		return heard.Comparisons, "two recordings on different days each", err
	}
	calls, err := offline.KnownCalls(ctx, f.Domain)
	known := make([]evaluate.Known, len(calls))
	for i, c := range calls {
		known[i] = evaluate.Known{Call: c.TransactionID, Person: c.ProfileID, Print: c.Voiceprint}
	}
	need = fmt.Sprintf("two calls each within %.0f hours, from which their profile was created or updated,", timbre.VoiceprintLife.Hours())
	return evaluate.Pairs(known, offline.Model), need, err
}

func (f fitting) store(offline *node.Offline, fit evaluate.Fit) error {
	document, err := json.Marshal(fit.Of(offline.Calibration))
	if err != nil {
		return err
	}
	scope := cmp.Or(f.Domain, archive.Server)
	version, err := archive.New(f.Calibrations()).Add(archive.Entry{
		Scope: scope, Model: offline.Model, Made: time.Now().UTC(), Source: cmp.Or(f.Recordings, "calls of the domain"),
		People: fit.People, Targets: fit.Targets, NonTargets: fit.NonTargets, Before: fit.Before, After: fit.After,
		Offset: fit.Line.Offset, Scale: fit.Line.Scale, Calibration: document,
	})
	if err != nil {
		return err
	}
	fmt.Printf("Stored as version %d of %s. Searches use it from now on.\n", version, scope)
	return nil
}

// fitted is `timbre calibrate list`.
type fitted struct {
	JSON bool `name:"json" help:"Print JSON."`

	config.Settings `uses:"data,models"`
}

// Run prints a calibration a line.
func (l fitted) Run() error {
	a := archive.New(l.Calibrations())
	scopes, err := a.Scopes()
	if err != nil {
		return err
	}
	all := []archive.Entry{}
	for _, s := range scopes {
		entries, err := a.List(s)
		if err != nil {
			return err
		}
		all = append(all, entries...)
	}
	if l.JSON {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		return e.Encode(all)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "OF\tVERSION\tMADE\tPEOPLE\tCLLR BEFORE\tAFTER\tSOURCE\tSTATE")
	for _, e := range all {
		fmt.Fprintf(table, "%s\t%d\t%s\t%d\t%.3f\t%.3f\t%s\t%s\n",
			e.Scope, e.Version, e.Made.Format(time.DateTime), e.People, e.Before, e.After, e.Source, l.state(a, e))
	}
	return table.Flush()
}

// state says whether a calibration is in use.
func (l fitted) state(a archive.Archive, e archive.Entry) string {
	if e.Err != nil {
		return "broken: " + e.Err.Error()
	}
	if e.Revoked != nil {
		return "revoked " + e.Revoked.Format(time.DateTime)
	}
	if model, err := node.SpeakerModel(l.Settings); err != nil || e.Model != model {
		return "not used: of " + e.Model
	}
	if now, err := a.Current(e.Scope, e.Model); err == nil && now != nil && now.Version == e.Version {
		return "in use"
	}
	return "replaced"
}

// revocation is `timbre calibrate revoke`.
type revocation struct {
	Domain  string `placeholder:"ID" help:"Domain whose calibration is revoked; without it, the one for all domains."`
	Version int    `help:"Version to revoke; 0: the newest that is in force."`

	config.Settings `uses:"data"`
}

// Run revokes a calibration. A running server uses the one before it from its next search on.
func (r revocation) Run() error {
	scope := cmp.Or(r.Domain, archive.Server)
	version, err := archive.New(r.Calibrations()).Revoke(scope, r.Version, time.Now().UTC())
	if err != nil {
		return err
	}
	fmt.Printf("Version %d of %s is revoked.\n", version, scope)
	return nil
}
