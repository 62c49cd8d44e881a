// Package api is the only package that knows HTTP: one table of routes, the
// operations under /api/v1 with their OpenAPI 3.1 document, problems by RFC
// 9457 in three languages, strict JSON, access tokens, and every limit.
//
// A request passes, in this order: request id and access log, security
// headers, recovery from panics, the checks that hold everywhere (cross-site
// writes, the length of the address, doubled parameters, the size of the
// body), the deadline, and then its route. docs/adr/0008-http.md has the
// reasons.
package api
