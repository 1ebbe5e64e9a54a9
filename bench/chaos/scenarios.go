package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"timbre/bench/chaos/trial"
)

// apart is the environment variable that says that this process has a mount namespace of its own.
const apart = "CHAOS_APART"

// endure tries scenarios, one after the other.
func (o options) endure(ctx context.Context) error {
	names := strings.Split(o.scenarios, ",")
	if o.scenarios == "all" {
		names = trial.Scenarios
	}
	var errs []error
	for _, name := range names {
		switch {
		case !slices.Contains(trial.Scenarios, name):
			return fmt.Errorf("%s is none of %s", name, strings.Join(trial.Scenarios, ", "))
		case name == "disk" && os.Getenv(apart) == "":
			errs = append(errs, o.again(ctx, name))
			continue
		}
		errs = append(errs, o.scenario(ctx, name))
	}
	return errors.Join(errs...)
}

// again starts this program once more, in a mount namespace.
func (o options) again(ctx context.Context, name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"--mount"}
	if os.Getuid() != 0 {
		args = append(args, "--map-root-user")
	}
	cmd := exec.CommandContext(ctx, "unshare", append(args, self, "-binary", o.binary, "-scenarios", name, "-seed", fmt.Sprint(o.seed), fmt.Sprintf("-v=%v", o.verbose))...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), apart+"=1"), os.Stdout, os.Stderr
	return cmd.Run()
}

func (o options) scenario(ctx context.Context, name string) error {
	cfg := o.trial(o.seed, 0)
	cfg.Mount = name == "disk"
	if name == "clock" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		cfg.Binary = self
	}
	r, err := trial.Endure(ctx, cfg, name)
	for _, fault := range r.Faults {
		fmt.Printf("%s: %s\n", name, fault)
	}
	fmt.Printf("| %s | %d | %d | %d | %d | %d | %.1f s | %d |\n", name, r.Calls, r.Tasks, r.Events, r.Deliveries, r.Refused, r.Back.Seconds(), len(r.Faults))
	if err == nil && len(r.Faults) > 0 {
		err = fmt.Errorf("%s: %d faults", name, len(r.Faults))
	}
	return err
}
