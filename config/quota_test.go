package config_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
)

func TestDefaultQuotasOnlyProtectTheServer(t *testing.T) {
	s := config.Defaults()
	if got := s.QuotaLimits(); got != (timbre.Limits{
		Connectors: 10_000, Configurations: 10_000, Pipelines: 20_000, Domains: 10_000, Profiles: 1_000_000, Tasks: 20_000,
		Calls: 20_000, Groups: 10_000, Members: 1000, Numbers: 100_000, Tags: 50,
	}) {
		t.Errorf("got %+v", got)
	}
	if got := s.Rates(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestSingleQuotasOverrideAWSPreset(t *testing.T) {
	s := config.Defaults()
	s.Quotas = "aws"
	if got := s.QuotaLimits(); got != (timbre.Limits{
		Connectors: 3, Configurations: 100, Pipelines: 20, Domains: 3, Profiles: 20, Tasks: 25, Analysed: 25,
		Calls: 10, CPS: 1, Crowd: 1, Groups: 3, Members: 3, Numbers: 5, Tags: 50,
	}) {
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

func TestUnknownQuotaIsRefused(t *testing.T) {
	for says, change := range map[string]func(*config.Settings){
		`limits: "phones" is not one of analysed, calls, configurations, connectors`: func(s *config.Settings) { s.Limits = map[string]int{"phones": 1} },
		"limits: tags=-1 is less than 0":                                             func(s *config.Settings) { s.Limits = map[string]int{"tags": -1} },
		`rate: "calls" is not one of domains, profiles`:                              func(s *config.Settings) { s.Rate = map[string]int{"calls": 1} },
	} {
		s := config.Defaults()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}

func TestEveryQuotaIsASetting(t *testing.T) {
	kinds := reflect.TypeFor[timbre.Limits]()
	for i := range kinds.NumField() {
		name := strings.ToLower(kinds.Field(i).Name)
		s := config.Defaults()
		s.Limits = map[string]int{name: 7}
		if err := s.Validate(); err != nil {
			t.Error(err)
		}
		if got := reflect.ValueOf(s.QuotaLimits()).Field(i).Int(); got != 7 {
			t.Errorf("%s: %d", name, got)
		}
	}
}

func TestNumbersOverTheQuotaAreRefused(t *testing.T) {
	s := config.Defaults()
	s.Quotas = "aws"
	for i := range 6 {
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		s.Numbers = append(s.Numbers, fmt.Sprint("+1206555010", i))
	}
	if err := s.Validate(); err == nil || err.Error() != "numbers: 6 are listed, and limits allows 5" {
		t.Errorf("got %v", err)
	}
}
