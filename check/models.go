package check

import (
	"context"
	"strings"
	"time"

	"timbre/models/card"
	"timbre/node"
)

// checkModels loads the models as a server does.
func checkModels(ctx context.Context, m machine, f *findings) {
	start := m.env.Steady()
	o, err := node.OpenOffline(ctx, m.env, m.Settings, "")
	if err == nil {
		err = o.Close()
	}
	if err == nil && m.Settings.Spoof == "warn" {
		err = m.loadSpoof()
	}
	if err != nil {
		f.fail(err.Error(), "timbre models verify looks closer; libonnxruntime.so belongs beside the program")
		return
	}
	var ids []string
	for _, c := range node.ModelsInUse(m.Settings) {
		ids = append(ids, string(c.Kind)+" "+c.ID())
	}
	f.ok("loaded in %v: %s", m.env.Steady().Sub(start).Round(10*time.Millisecond), strings.Join(ids, ", "))
	if o.Bare {
		f.warn("the speaker model has no calibration, so that no domain can be searched", "timbre calibrate fits one")
	}
}

// loadSpoof reads the model that warns of synthetic voices.
func (m machine) loadSpoof() error {
	e, err := node.Library(m.Settings).Choose(card.Spoof)
	if err == nil {
		_, err = e.Load()
	}
	return err
}
