package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

func connectorID(i int) string { return fmt.Sprintf("bench%dconnector00000000", i)[:22] }

// fill puts connectors into the database before the server starts. Each allows a host, and the first one the callers.
func fill(ctx context.Context, folder string, connectors int) error {
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		return err
	}
	var work errgroup.Group
	work.SetLimit(64) // they share commits
	for i := range connectors {
		work.Go(func() error { return create(ctx, db, i) })
	}
	return errors.Join(work.Wait(), db.Close())
}

func create(ctx context.Context, db *sqlite.Store, i int) error {
	id, now := connectorID(i), time.Now()
	if err := db.CreateConnector(ctx, timbre.Connector{
		ID: id, ARN: "arn:aws:chime:us-east-1:000000000000:vc/" + id, Name: "bench", Region: "us-east-1",
		OutboundHost: id + ".voiceconnector.chime.aws", NetworkType: "IPV4_ONLY", Created: now, Updated: now,
	}); err != nil {
		return err
	}
	return db.PutTermination(ctx, id, timbre.Termination{CIDRs: allowed(i), CallingRegions: []string{"US"}})
}

// allowed are the hosts of a connector.
func allowed(i int) []string {
	if i == 0 {
		return []string{"127.0.0.0/27"}
	}
	return []string{netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String() + "/32"}
}

// touch writes the termination of a connector again.
func touch(ctx context.Context, voices *voice.Client, i int) error {
	id := connectorID(i)
	_, err := voices.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &id, Termination: &vtypes.Termination{
			CallingRegions: []string{"US"}, CidrAllowedList: allowed(i), Disabled: aws.Bool(false),
		},
	})
	return err
}
