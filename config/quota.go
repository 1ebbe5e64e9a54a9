package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"timbre"
)

// off are the quotas without a preset. They protect the server: far above use and below harm. Analysed, CPS and Crowd have none
// (decision 10).
var off = timbre.Limits{
	Connectors: 10_000, Configurations: 10_000, Pipelines: 20_000, Domains: 10_000, Profiles: 1_000_000, Tasks: 20_000,
	Calls: 20_000, Groups: 10_000, Members: 1000, Numbers: 100_000, Tags: 50,
}

// aws are the quotas of a new AWS account.
var aws = timbre.Limits{
	Connectors: 3, Configurations: 100, Pipelines: 20, Domains: 3, Profiles: 20, Tasks: 25, Analysed: 25,
	Calls: 10, CPS: 1, Crowd: 1, Groups: 3, Members: 3, Numbers: 5, Tags: 50,
}

// awsRates are the non-zero rates of a new AWS account; a rate of zero would disable the operations.
var awsRates = map[string]int{"configurations": 5, "pipelines": 10}

// limits are the quotas by their names in the settings.
func limits(l *timbre.Limits) map[string]*int {
	return map[string]*int{
		"connectors": &l.Connectors, "configurations": &l.Configurations, "pipelines": &l.Pipelines, "domains": &l.Domains,
		"profiles": &l.Profiles, "tasks": &l.Tasks, "analysed": &l.Analysed, "calls": &l.Calls, "cps": &l.CPS, "crowd": &l.Crowd,
		"groups": &l.Groups, "members": &l.Members, "numbers": &l.Numbers, "tags": &l.Tags,
	}
}

// RateClasses lists the classes of operations that can have a rate.
func RateClasses() []string {
	return []string{"domains", "profiles", "searches", "tones", "configurations", "pipelines", "connectors"}
}

// QuotaLimits returns the quotas of the preset, overridden by single ones.
func (s Settings) QuotaLimits() timbre.Limits {
	l := off
	if s.Quotas == "aws" {
		l = aws
	}
	for name, into := range limits(&l) {
		if n, given := s.Limits[name]; given {
			*into = n
		}
	}
	return l
}

// Rates returns the requests per second of each key, by class: those of the preset, overridden by single ones.
func (s Settings) Rates() map[string]int {
	rates := map[string]int{}
	if s.Quotas == "aws" {
		maps.Copy(rates, awsRates)
	}
	maps.Copy(rates, s.Rate)
	return rates
}

func checkQuotas(s *Settings) error {
	if err := checkNames("limits", s.Limits, slices.Sorted(maps.Keys(limits(&timbre.Limits{})))); err != nil {
		return err
	}
	if err := checkNames("rate", s.Rate, RateClasses()); err != nil {
		return err
	}
	if most := s.QuotaLimits().Numbers; most > 0 && len(s.Numbers) > most {
		return fmt.Errorf("numbers: %d are listed, and limits allows %d", len(s.Numbers), most)
	}
	return nil
}

// checkNames refuses unknown names and negative numbers in a setting.
func checkNames(key string, given map[string]int, known []string) error {
	for name, n := range given {
		switch {
		case !slices.Contains(known, name):
			return fmt.Errorf("%s: %q is not one of %s", key, name, strings.Join(known, ", "))
		case n < 0:
			return fmt.Errorf("%s: %s=%d is less than 0", key, name, n)
		}
	}
	return nil
}
