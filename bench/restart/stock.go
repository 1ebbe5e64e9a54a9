package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

const (
	connector     = "bench0connector0000000"
	configuration = "arn:aws:chime:us-east-1:000000000000:media-insights-pipeline-configuration/bench"
)

// fill leaves a database as a killed server does that had calls live, each with two tasks and a pipeline.
func fill(ctx context.Context, folder string, calls int) error {
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		return err
	}
	err = settle(ctx, db)
	for i := 0; i < calls && err == nil; i++ {
		err = leave(ctx, db, i)
	}
	return errors.Join(err, db.Close())
}

// settle makes what calls need: a connector that takes calls from loopback and posts the events of them.
func settle(ctx context.Context, db *sqlite.Store) error {
	return errors.Join(
		db.CreateConnector(ctx, timbre.Connector{ID: connector, Name: "bench"}),
		db.PutTermination(ctx, connector, timbre.Termination{CIDRs: []string{"127.0.0.0/8"}}),
		db.CreateConfiguration(ctx, timbre.Configuration{ID: "bench", Name: "bench", ARN: configuration, Elements: []timbre.Element{
			{Type: "VoiceAnalyticsProcessor"}, {Type: "SqsQueueSink", Target: hookARN},
		}}),
		db.PutStreaming(ctx, connector, timbre.Streaming{Targets: []string{"EventBridge"}, Insights: &timbre.InsightsLink{ConfigurationARN: configuration}}),
		db.CreateDomain(ctx, timbre.Domain{ID: "bench", Name: "bench"}),
	)
}

// leave leaves a call that is live.
func leave(ctx context.Context, db *sqlite.Store, i int) error {
	now := time.Now()
	c := timbre.Call{
		TransactionID: uuid.NewString(), ConnectorID: connector, CallID: fmt.Sprintf("%d@bench", i), Direction: "Outbound", Started: now,
		From: "+12065550100", To: "+12065550199", Headers: map[string]string{"from": "<sip:+12065550100@sbc>", "call-id": fmt.Sprintf("%d@bench", i)},
	}
	p := timbre.Pipeline{
		ID: uuid.NewString(), ARN: "arn:" + uuid.NewString(), ConfigurationARN: configuration, ConnectorID: connector,
		TransactionID: c.TransactionID, Created: now, Elements: []timbre.ElementStatus{{Type: "VoiceAnalyticsProcessor", Status: timbre.PipelineInProgress}},
	}
	for leg, side := range []timbre.Side{timbre.Caller, timbre.Callee} {
		c.Legs = append(c.Legs, timbre.Leg{Side: side, Index: leg, StreamARN: "arn:aws:kinesisvideo:us-east-1:000000000000:stream/" + uuid.NewString() + "/1"})
	}
	task := timbre.Task{
		Kind: timbre.SpeakerSearch, ID: uuid.NewString(), ConnectorID: connector, TransactionID: c.TransactionID, DomainID: "bench",
		Side: timbre.Caller, Status: timbre.InProgress, Active: true, Created: now,
	}
	tone := task
	tone.Kind, tone.ID, tone.DomainID, tone.Side = timbre.VoiceTone, uuid.NewString(), "", timbre.Mixed
	return errors.Join(db.SaveCall(ctx, c, nil), db.CreateTask(ctx, task), db.CreateTask(ctx, tone), db.CreatePipeline(ctx, p, nil))
}
