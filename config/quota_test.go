package config_test

import (
	"reflect"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
)

func TestQuotasAreOffUntilAskedFor(t *testing.T) {
	s := config.Defaults()
	if got := s.QuotaLimits(); got != (timbre.Limits{Tags: 50}) {
		t.Errorf("got %+v", got)
	}
	if got := s.Rates(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestThePresetOfAWSHasItsQuotasAndSingleOnesGoOverIt(t *testing.T) {
	s := config.Defaults()
	s.Quotas = "aws"
	if got := s.QuotaLimits(); got != (timbre.Limits{Connectors: 3, Configurations: 100, Domains: 3, Profiles: 20, Tasks: 25, Tags: 50}) {
		t.Errorf("got %+v", got)
	}
	s.Limits = map[string]int{"profiles": 20000, "connectors": 0}
	s.Rate = map[string]int{"pipelines": 100, "searches": 7}
	if got := s.QuotaLimits(); got.Profiles != 20000 || got.Connectors != 0 || got.Domains != 3 {
		t.Errorf("got %+v", got)
	}
	if got := s.Rates(); !reflect.DeepEqual(got, map[string]int{"configurations": 5, "pipelines": 100, "searches": 7}) {
		t.Errorf("got %v", got)
	}
}

func TestAQuotaThatThereIsNotIsRefused(t *testing.T) {
	for says, change := range map[string]func(*config.Settings){
		`limits: "phones" is not one of configurations, connectors, domains`: func(s *config.Settings) { s.Limits = map[string]int{"phones": 1} },
		"limits: tags=-1 is less than 0":                                     func(s *config.Settings) { s.Limits = map[string]int{"tags": -1} },
		`rate: "calls" is not one of domains, profiles`:                      func(s *config.Settings) { s.Rate = map[string]int{"calls": 1} },
	} {
		s := config.Defaults()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}
