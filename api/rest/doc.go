// Package rest speaks restJson1, the wire protocol of the two AWS services: it turns an HTTP request into the input
// structure of an operation and the operation's result into an HTTP answer.
//
// In come requests; out go calls of the functions that Handle tied to operations. What is routed, and what is valid, is
// one table (table_gen.go) that api/rest/gen makes from the published service models: method, path, members, lengths,
// patterns, enumerations. The order of checks is signature, route, validation, and then what the operation itself checks:
// existence, state. Every refusal is one exception of the models, made in one place (fault.go).
//
// The package knows no operation by name, holds no state but its metrics, and does not know how signatures are checked:
// that is a function in its Config.
package rest
