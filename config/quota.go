package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"timbre"
)

// aws are the quotas that a new AWS account has.
var aws = timbre.Limits{Connectors: 3, Configurations: 100, Domains: 3, Profiles: 20, Tasks: 25, Tags: tagsAtMost}

// awsRates are those that are not zero: with a rate of zero nothing could be asked for.
var awsRates = map[string]int{"configurations": 5, "pipelines": 10}

// tagsAtMost is the one quota that holds when there are no others: a resource of AWS never has more tags.
const tagsAtMost = 50

// limits are the quotas by their names in the settings.
func limits(l *timbre.Limits) map[string]*int {
	return map[string]*int{
		"connectors": &l.Connectors, "configurations": &l.Configurations, "domains": &l.Domains,
		"profiles": &l.Profiles, "tasks": &l.Tasks, "tags": &l.Tags,
	}
}

// RateClasses are the classes of operations that can have a rate.
func RateClasses() []string {
	return []string{"domains", "profiles", "searches", "tones", "configurations", "pipelines", "connectors"}
}

// QuotaLimits are how many there may be of each thing: those of the preset, with the single ones over them.
func (s Settings) QuotaLimits() timbre.Limits {
	l := timbre.Limits{Tags: tagsAtMost}
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

// Rates are the requests a second that each key may make, by class: those of the preset, with the single ones over them.
func (s Settings) Rates() map[string]int {
	rates := map[string]int{}
	if s.Quotas == "aws" {
		maps.Copy(rates, awsRates)
	}
	maps.Copy(rates, s.Rate)
	return rates
}

func (s Settings) validateQuotas() error {
	for setting, c := range map[string]struct {
		given map[string]int
		known []string
	}{
		"limits": {s.Limits, slices.Sorted(maps.Keys(limits(&timbre.Limits{})))},
		"rate":   {s.Rate, RateClasses()},
	} {
		for name, n := range c.given {
			switch {
			case !slices.Contains(c.known, name):
				return fmt.Errorf("%s: %q is not one of %s", setting, name, strings.Join(c.known, ", "))
			case n < 0:
				return fmt.Errorf("%s: %s=%d is less than 0", setting, name, n)
			}
		}
	}
	return nil
}
