package api

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
)

// acceptable refuses a request whose client takes no answer of a media type.
func acceptable(media string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		if !accepts(c.Request.Header, media) {
			writeProblem(c.Writer, c.Request, &Error{Code: CodeNotAcceptable, Fields: []Field{{"/header/Accept", "accept", map[string]any{"Media": media}}}})
			return
		}
		next(ctx)
	}
}

// accepts says whether Accept headers let a media type through, by the most
// specific of their ranges; without any, all are.
func accepts(h http.Header, media string) bool {
	ranges := strings.Split(strings.Join(h.Values("Accept"), ","), ",")
	kind, _, _ := strings.Cut(media, "/")
	best, ok, asked := -1, false, false
	for _, text := range ranges {
		if strings.TrimSpace(text) == "" {
			continue
		}
		asked = true
		one, params, err := mime.ParseMediaType(text)
		if err != nil {
			continue
		}
		at := map[string]int{"*/*": 0, kind + "/*": 1, media: 2}
		rank, fits := at[one]
		if !fits || rank < best {
			continue
		}
		weight, err := strconv.ParseFloat(params["q"], 64)
		wanted := params["q"] == "" || err == nil && weight > 0
		if rank > best {
			best, ok = rank, wanted
		} else {
			ok = ok || wanted
		}
	}
	return ok || !asked
}
