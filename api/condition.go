package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
)

// etag is the tag of a version.
func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// hashTag is the tag of the bytes of an answer.
func hashTag(data []byte) string {
	sum := sha256.Sum256(data)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// MatchInput is the condition of a change. It is exported since huma looks
// into no other embedded types.
type MatchInput struct {
	IfMatch string `header:"If-Match" maxLength:"200" doc:"ETag of what was read; 428 without it, 412 if it has changed" example:"\"3\""`
}

// unchanged refuses a change of another version than the one that is stored.
func (in MatchInput) unchanged(version int) error { return in.matches(etag(version)) }

// matches refuses a change of anything that has another tag now. A star, which
// would match every version, matches none: it would lose what others changed.
func (in MatchInput) matches(tag string) error {
	if in.IfMatch == "" {
		return &Error{Code: CodeNoCondition}
	}
	for one := range strings.SplitSeq(in.IfMatch, ",") {
		if strings.TrimSpace(one) == tag {
			return nil
		}
	}
	return &Error{Code: CodePrecondition}
}

// sameTag says whether an If-None-Match header names a tag.
func sameTag(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// fresh gives each answer to a GET a tag, unless the operation has one for it,
// and answers 304 to a client that has it already.
func fresh(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	out := hold(c)
	defer out.release() // also when it panics: then nothing of it is sent
	next(ctx)
	out.release()
	if out.status != http.StatusOK {
		out.send()
		return
	}
	tag := out.Header().Get("ETag")
	if tag == "" {
		tag = hashTag(out.body.Bytes())
		out.Header().Set("ETag", tag)
	}
	if sameTag(c.GetHeader("If-None-Match"), tag) {
		out.status = http.StatusNotModified
		out.body.Reset()
		out.Header().Del("Content-Type")
	}
	out.send()
}

// noneMatchParameter describes the condition of a read in the document.
var noneMatchParameter = &huma.Param{
	Name: "If-None-Match", In: "header", Example: `"3"`,
	Description: "ETag of the answer that the client has; if it is still the same, the answer is 304 without a body",
	Schema:      &huma.Schema{Type: huma.TypeString},
}
