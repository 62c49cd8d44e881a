package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
)

// deprecation says that an operation will go: since when it should not be used
// any more, and until when it answers at least.
type deprecation struct{ since, sunset time.Time }

// noticePeriod is how long an operation answers at least after it was said
// that it will go.
const noticePeriod = 365 * 24 * time.Hour

// deprecations are the operations that will go, by id. docs/api.md has the
// policy; TestDeprecations holds the table to it.
var deprecations = map[string]deprecation{}

// policyPage is where the policy is said.
const policyPage = "/api/docs"

// tell writes the headers of RFC 9745 and RFC 8594 on every answer.
func (d deprecation) tell(ctx huma.Context, next func(huma.Context)) {
	h := humagin.Unwrap(ctx).Writer.Header()
	h.Set("Deprecation", fmt.Sprintf("@%d", d.since.Unix()))
	h.Set("Sunset", d.sunset.UTC().Format(http.TimeFormat))
	h.Add("Link", "<"+policyPage+`>; rel="deprecation"`)
	next(ctx)
}
