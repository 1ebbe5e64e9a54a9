package rest

// Gather is gather, for tests that make requests from the table.
var Gather = gather

// Parse is parse.
var Parse = parse
