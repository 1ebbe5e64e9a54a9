package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"timbre"
)

func (s *Store) EnrolProfile(ctx context.Context, p timbre.Profile, taskID string) error {
	return s.write(ctx, "store.EnrolProfile", func(q querier) error {
		enrolled, err := enrolment(ctx, q, taskID)
		if err != nil {
			return err
		}
		if enrolled != "" {
			return conflict("Voice profile %s was already created from speaker search task %s.", enrolled, taskID)
		}
		if _, err := q.ExecContext(ctx, "UPDATE task SET enrolled = ? WHERE id = ?", p.ID, taskID); err != nil {
			return err
		}
		sealed, err := s.seal(ctx, q, p.DomainID, profileName+p.ID, &p.Voiceprint)
		if err != nil {
			return err
		}
		doc, err := profileDocument(p)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO profile (id, domain_id, created, expires, sealed, document) VALUES (?, ?, ?, ?, ?, ?)",
			p.ID, p.DomainID, unixNano(p.Created), unixNano(p.Expires), sealed, doc)
		if err != nil {
			return noParent(duplicate(err, "Voice profile %s already exists.", p.ID), noDomain(p.DomainID))
		}
		if err := s.moveAudio(ctx, q, p.DomainID, taskID, p.ID); err != nil {
			return err
		}
		if err := recordEnrolment(ctx, q, taskID, p, false); err != nil {
			return err
		}
		return withinQuota(ctx, q, s.limit().Profiles, "voice profiles of a domain", countQuery, "profiles of "+p.DomainID)
	})
}

func (s *Store) RenewProfile(ctx context.Context, p timbre.Profile, taskID string) error {
	var domainID string
	return s.erase(ctx, "store.RenewProfile", func(q querier) error {
		is, err := profile(ctx, q, p.ID)
		if err != nil {
			return err
		}
		domainID = is.DomainID
		if _, err := enrolment(ctx, q, taskID); err != nil {
			return err
		}
		if _, err := q.ExecContext(ctx, "UPDATE task SET renewed = ? WHERE id = ?", p.ID, taskID); err != nil {
			return err
		}
		is.Voiceprint, is.Tasks, is.Updated, is.Expires = p.Voiceprint, p.Tasks, p.Updated, p.Expires
		sealed, err := s.seal(ctx, q, is.DomainID, profileName+is.ID, &is.Voiceprint)
		if err != nil {
			return err
		}
		doc, err := profileDocument(is)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE profile SET expires = ?, sealed = ?, document = ? WHERE id = ?",
			unixNano(is.Expires), sealed, doc, is.ID)
		if err != nil {
			return err
		}
		if err := recordEnrolment(ctx, q, taskID, is, true); err != nil {
			return err
		}
		return s.moveAudio(ctx, q, is.DomainID, taskID, is.ID)
	}, s.observers.voicesErased(&domainID))
}

// enrolment returns the profile that was created from a speaker search, or an empty id.
func enrolment(ctx context.Context, q querier, taskID string) (profileID string, err error) {
	err = q.QueryRowContext(ctx, "SELECT enrolled FROM task WHERE id = ? AND kind = ?", taskID, timbre.SpeakerSearch).Scan(&profileID)
	if errors.Is(err, sql.ErrNoRows) {
		err = notFound(timbre.SpeakerSearch.String()+" task", taskID)
	}
	return profileID, err
}

// profileDocument omits embedding and audio, which are stored sealed.
func profileDocument(p timbre.Profile) (string, error) {
	p.Voiceprint.Embedding, p.Voiceprint.Audio = nil, nil
	return document(p)
}
