package conformance

import (
	"encoding/xml"
	"io"
	"slices"
)

// The elements of a JUnit report that common readers support.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     float64      `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    float64       `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes the report in JUnit format: an area is a suite, and an unsupported operation is a skipped case.
func (r Report) JUnit(w io.Writer) error {
	all := junitSuites{Name: "timbre conformance " + r.Endpoint, Tests: len(r.Results), Failures: r.Count(Failed), Skipped: r.Count(NotServed) + r.Count(Skipped), Time: r.Seconds}
	for _, c := range r.Results {
		i := slices.IndexFunc(all.Suites, func(s junitSuite) bool { return s.Name == c.Area })
		if i < 0 {
			i = len(all.Suites)
			all.Suites = append(all.Suites, junitSuite{Name: c.Area})
		}
		suite, one := &all.Suites[i], junitCase{Class: c.Area, Name: c.Check, Time: c.Seconds}
		suite.Tests++
		switch c.Outcome {
		case Failed:
			suite.Failures++
			one.Failure = &junitMessage{c.Reason}
		case NotServed:
			suite.Skipped++
			one.Skipped = &junitMessage{string(NotServed) + ": " + c.Reason}
		case Skipped:
			suite.Skipped++
			one.Skipped = &junitMessage{c.Reason}
		}
		suite.Cases = append(suite.Cases, one)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
