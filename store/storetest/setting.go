package storetest

import (
	"bytes"
	"fmt"
	"time"

	"timbre"
)

func origination() timbre.Origination {
	return timbre.Origination{Disabled: true, Routes: []timbre.Route{
		{Host: "192.0.2.7", Port: 5080, Protocol: "UDP", Priority: 1, Weight: 99}, {Host: "pbx.example.com", Port: 5060},
	}}
}

func credential(username string) timbre.Credential {
	return timbre.Credential{Username: username, Realm: "c1.voiceconnector.chime.aws", MD5: "md5 of " + username, SHA256: "sha256 of " + username}
}

var connectorSettings = []fact{
	{"an update changes all but the identity of a connector", func(s *subject) {
		ctx, c := s.Context(), connector("c1")
		s.must(s.CreateConnector(ctx, c))
		got, err := s.UpdateConnector(ctx, "c1", func(c *timbre.Connector) {
			*c = timbre.Connector{Name: "Back office", Updated: dawn().Add(time.Hour)}
		})
		s.must(err)
		want := timbre.Connector{ID: c.ID, ARN: c.ARN, Created: c.Created, Name: "Back office", Updated: dawn().Add(time.Hour)}
		s.same("updated", got, want)
		s.reopen()
		got, err = s.Connector(ctx, "c1")
		s.must(err)
		s.same("read", got, want)
	}},
	{"without the connector, settings are NotFound", func(s *subject) {
		ctx := s.Context()
		_, err := s.UpdateConnector(ctx, "none", func(*timbre.Connector) {})
		s.refused("UpdateConnector", err, timbre.NotFound)
		s.refused("PutOrigination", s.PutOrigination(ctx, "none", origination()), timbre.NotFound)
		s.refused("PutLogging", s.PutLogging(ctx, "none", timbre.Logging{SIP: true}), timbre.NotFound)
		_, err = s.Logging(ctx, "none")
		s.refused("Logging", err, timbre.NotFound)
		s.refused("PutCredentials", s.PutCredentials(ctx, "none", []timbre.Credential{credential("ann")}), timbre.NotFound)
		s.refused("PutCredentials without the connector", s.PutCredentials(ctx, "none", nil), timbre.NotFound)
		_, err = s.Usernames(ctx, "none")
		s.refused("Usernames", err, timbre.NotFound)
		s.refused("DeleteCredentials", s.DeleteCredentials(ctx, "none", nil), timbre.NotFound)
	}},
	{"origination and logging are put, replaced and read", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		_, err := s.Origination(ctx, "c1")
		s.refused("never put", err, timbre.NotFound)
		for _, v := range []timbre.Origination{origination(), {Disabled: true}, {Routes: []timbre.Route{{Host: "a"}}}} {
			s.must(s.PutOrigination(ctx, "c1", v))
			got, err := s.Origination(ctx, "c1")
			s.must(err)
			s.same("origination", got, v)
		}
		s.must(s.DeleteOrigination(ctx, "c1"))
		s.refused("deleted", s.DeleteOrigination(ctx, "c1"), timbre.NotFound)
		l, err := s.Logging(ctx, "c1")
		s.must(err)
		s.same("logging, never put", l, timbre.Logging{})
		for _, v := range []timbre.Logging{{SIP: true, Media: true}, {Media: true}, {}} {
			s.must(s.PutLogging(ctx, "c1", v))
			s.reopen()
			l, err := s.Logging(ctx, "c1")
			s.must(err)
			s.same("logging", l, v)
		}
	}},
	{"credentials are replaced, listed and deleted by name", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateConnector(ctx, connector("c2")))
		s.must(s.PutCredentials(ctx, "c1", []timbre.Credential{credential("bob"), credential("ann")}))
		second := credential("ann")
		second.MD5 = "another"
		s.must(s.PutCredentials(ctx, "c1", []timbre.Credential{second}))
		s.reopen()
		names, err := s.Usernames(ctx, "c1")
		s.must(err)
		s.same("usernames", names, []string{"ann", "bob"})
		got, err := s.Credential(ctx, "c1", "ann")
		s.must(err)
		s.same("ann", got, second)
		_, err = s.Credential(ctx, "c2", "ann")
		s.refused("of another connector", err, timbre.NotFound)
		s.must(s.DeleteCredentials(ctx, "c1", []string{"ann", "nobody"}))
		_, err = s.Credential(ctx, "c1", "ann")
		s.refused("deleted", err, timbre.NotFound)
		_, err = s.Credential(ctx, "c1", "bob")
		s.must(err)
	}},
	{"too many credentials are a Limit, and none is written", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		var list []timbre.Credential
		for i := range timbre.MaxCredentials + 1 {
			list = append(list, credential(fmt.Sprint("user", i)))
		}
		s.refused("one too many", s.PutCredentials(ctx, "c1", list), timbre.Limit)
		names, err := s.Usernames(ctx, "c1")
		s.must(err)
		s.same("usernames", len(names), 0)
		s.must(s.PutCredentials(ctx, "c1", list[1:]))
		s.must(s.PutCredentials(ctx, "c1", list[1:2]))
	}},
	{"no credential is in a file unencrypted", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.PutCredentials(ctx, "c1", []timbre.Credential{credential("ann")}))
		for _, secret := range []string{credential("ann").MD5, credential("ann").SHA256} {
			s.same("in the clear", bytes.Contains(s.engine.Raw(s.T), []byte(secret)), false)
		}
	}},
	{"credentials are deleted with the termination, all settings with the connector", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.PutTermination(ctx, "c1", termination()))
		s.must(s.PutCredentials(ctx, "c1", []timbre.Credential{credential("ann")}))
		s.must(s.PutTermination(ctx, "c1", timbre.Termination{}))
		_, err := s.Credential(ctx, "c1", "ann")
		s.must(err)
		s.must(s.DeleteTermination(ctx, "c1"))
		_, err = s.Credential(ctx, "c1", "ann")
		s.refused("after the termination", err, timbre.NotFound)
		s.must(s.PutCredentials(ctx, "c1", []timbre.Credential{credential("ann")}))
		s.must(s.PutOrigination(ctx, "c1", origination()))
		s.must(s.PutLogging(ctx, "c1", timbre.Logging{SIP: true}))
		s.must(s.DeleteConnector(ctx, "c1"))
		s.must(s.CreateConnector(ctx, connector("c1")))
		_, err = s.Credential(ctx, "c1", "ann")
		s.refused("credential of the one before", err, timbre.NotFound)
		_, err = s.Origination(ctx, "c1")
		s.refused("origination of the one before", err, timbre.NotFound)
		l, err := s.Logging(ctx, "c1")
		s.must(err)
		s.same("logging of the one before", l, timbre.Logging{})
	}},
}
