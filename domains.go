package timbre

import (
	"context"
	"time"
)

// DomainReader reads a voice profile domain: NotFound if there is none of the id.
type DomainReader interface {
	Domain(ctx context.Context, id string) (Domain, error)
}

// Domains reads and writes voice profile domains.
type Domains interface {
	DomainReader
	// CreateDomain also generates the domain's data key. Conflict if another domain has the token.
	CreateDomain(ctx context.Context, d Domain) error
	// DomainByToken finds the domain that was created with a ClientRequestToken.
	DomainByToken(ctx context.Context, token string) (Domain, error)
	// UpdateDomain lets change modify all fields but ID, Created, Token and Fingerprint, and returns the result. No other
	// write runs meanwhile: change must not call the store.
	UpdateDomain(ctx context.Context, id string, change func(*Domain)) (Domain, error)
	ListDomains(ctx context.Context, p Page) ([]Domain, error)
	// DeleteDomain destroys the domain's data key, its profiles and the voiceprints of its tasks.
	DeleteDomain(ctx context.Context, id string) error
}

// ProfileReader reads a profile without its embedding: NotFound if there is none of the id.
type ProfileReader interface {
	Profile(ctx context.Context, id string) (Profile, error)
}

// ProfileManager lists and deletes profiles. It returns no embeddings.
type ProfileManager interface {
	ProfileReader
	// ListProfiles: NotFound without the domain.
	ListProfiles(ctx context.Context, domainID string, p Page) ([]Profile, error)
	// DeleteProfile erases the voice everywhere, including the voiceprints of the tasks that it was enrolled or renewed from.
	DeleteProfile(ctx context.Context, id string) error
}

// ProfileEnroller writes profiles from the voiceprints of tasks.
type ProfileEnroller interface {
	ProfileReader
	// EnrolProfile writes p with its embedding and records it on the task that it came from, in one transaction. Conflict if
	// that task has been enrolled already; NotFound if task or domain is gone.
	EnrolProfile(ctx context.Context, p Profile, taskID string) error
	// RenewProfile replaces Voiceprint, Tasks, Updated and Expires of an existing profile. The task may be used again. NotFound if
	// task or profile is gone.
	RenewProfile(ctx context.Context, p Profile, taskID string) error
}

// VoiceprintReader reads what a search ranks.
type VoiceprintReader interface {
	// Voiceprints returns the profiles of a domain that have not expired at now, with their embeddings. NotFound without the
	// domain.
	Voiceprints(ctx context.Context, domainID string, now time.Time) ([]Profile, error)
	// Generation returns a number that grows with every change to the profiles of a domain. NotFound without the domain.
	Generation(ctx context.Context, domainID string) (int64, error)
}

// EnrolmentAudio is the audio that voiceprints were made from, where the operator has it kept. It is encrypted as embeddings are, and
// erased with the voiceprint.
type EnrolmentAudio interface {
	// Audio returns the audio of a profile; nil if none is kept.
	Audio(ctx context.Context, profileID string) ([]int16, error)
	// Remake replaces a voiceprint of one model by one of another, and changes nothing else. Conflict if the profile has no
	// voiceprint of the first model any more.
	Remake(ctx context.Context, profileID, model string, v Voiceprint) error
}

// ModelCounter counts profiles by the model of their voiceprint.
type ModelCounter interface {
	// ModelsInProfiles counts the profiles that have a voiceprint, in the order of the models. It costs a look at each profile.
	ModelsInProfiles(ctx context.Context) ([]ModelUse, error)
}

// Profiles reads and writes profiles.
type Profiles interface {
	ModelCounter
	EnrolmentAudio
	ProfileManager
	ProfileEnroller
	VoiceprintReader
}
