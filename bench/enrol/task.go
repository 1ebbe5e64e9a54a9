package main

import (
	"context"
	"os"
	"time"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"golang.org/x/sync/errgroup"

	"timbre/bench/server"
	"timbre/bench/stock"
)

// fromTasks makes a profile of each of so many finished tasks of a server. The processor time is the server's.
func fromTasks(ctx context.Context, binary string, profiles, clients int) (made enrolments, err error) {
	tasks := stock.New(profiles)
	s, err := server.Start(ctx, server.Config{
		Binary: binary, Log: os.Stderr, Env: []string{"TIMBRE_LOG_LEVEL=error", "TIMBRE_LIMITS=profiles=0"},
		Prepare: func(folder string) error { return tasks.Fill(ctx, folder, false) },
	})
	if err != nil {
		return made, err
	}
	defer s.Stop()
	api, _ := s.Clients()
	made.took = make([]time.Duration, profiles)
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(clients)
	cpu := s.CPU()
	for i := range tasks.Tasks {
		work.Go(func() error {
			began := time.Now()
			_, err := api.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &tasks.Tasks[i]})
			made.took[i] = time.Since(began)
			return err
		})
	}
	err = work.Wait()
	made.cpu = s.CPU() - cpu
	return made, err
}
