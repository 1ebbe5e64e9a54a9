// Package rest implements restJson1, the protocol of the two AWS services: it decodes an HTTP request into the input structure of an
// operation and encodes its result as an HTTP response.
//
// Requests come in; calls of the functions bound by Handle go out. Routing and validation are driven by one table (table_gen.go), which
// api/rest/gen generates from the published service models: methods, paths, members, lengths, patterns, enumerations. Checks run in the
// order signature, route, limits, grants, validation, and then those of the operation: existence, state. Every refusal is an exception
// of the models, created in one place (fault.go).
//
// The package knows no operation by name, has no state but its limits and metrics, and does not check signatures: its Deps do.
package rest
