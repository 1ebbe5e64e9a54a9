package timbre

// Limits are how many of a thing there may be at once. 0: any number.
type Limits struct {
	Connectors     int
	Configurations int
	Domains        int
	Profiles       int // of one domain
	Tasks          int // active ones, of both kinds together
	Tags           int // of one resource
}
