package api

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"time"

	"puente/models"
)

// PageInput chooses a part of a list. It is exported since huma looks into no
// other embedded types.
type PageInput struct {
	Cursor string `query:"cursor" maxLength:"600" doc:"next of the page before; good for 24 hours, the same reader and the same filter"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Items of a page at most"`
}

// list answers with a part of a list.
type list[T any] struct {
	Link string `header:"Link" doc:"The address of the next page, with rel=\"next\"; absent on the last page"`
	Body struct {
		Items []T    `json:"items" nullable:"false"`
		Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last page"`
	}
}

// cursorLife is how long a cursor is good for.
const cursorLife = 24 * time.Hour

// cursorMAC is how many bytes of its MAC a cursor carries.
const cursorMAC = 16

// pageOf answers with a page of the list that read gives in parts, of which it
// reads one row more than it shows. place is where a row stands in it, as
// [models.Part] says: unique, never changed, and for every reader of the list to
// see, since cursors hold it. Cost: that of reading and making one page.
func pageOf[R, T any](
	ctx context.Context, s *Server, in PageInput, read func(models.Part) ([]R, error), place func(*R) string, item func(*R) (T, error),
) (*list[T], error) {
	address := *requestOf(ctx).address
	last, err := s.cursorPlace(ctx, listAt(&address), in.Cursor)
	if err != nil {
		return nil, err
	}
	rows, err := read(models.Part{After: last, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	out := &list[T]{}
	out.Body.Items = []T{}
	for i := range rows[:min(in.Limit, len(rows))] {
		one, err := item(&rows[i])
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	if len(rows) > in.Limit {
		out.Body.Next = s.cursor(ctx, listAt(&address), place(&rows[in.Limit-1]))
		query := address.Query()
		query.Set("cursor", out.Body.Next)
		out.Link = "<" + address.Path + "?" + query.Encode() + `>; rel="next"`
	}
	return out, nil
}

// always makes an item that cannot fail.
func always[R, T any](item func(*R) T) func(*R) (T, error) {
	return func(r *R) (T, error) { return item(r), nil }
}

// listAt is the list at an address, with its filter.
func listAt(address *url.URL) string {
	filter := address.Query()
	filter.Del("cursor")
	filter.Del("limit")
	return address.EscapedPath() + "?" + filter.Encode()
}

// cursor makes a cursor that begins behind a place of a list.
func (s *Server) cursor(ctx context.Context, list, place string) string {
	data := binary.BigEndian.AppendUint64(nil, uint64(s.Now().Add(cursorLife).Unix()))
	data = append(data, place...)
	return base64.RawURLEncoding.EncodeToString(append(data, s.signCursor(ctx, list, data)...))
}

// signCursor binds a cursor to its reader and its list.
func (s *Server) signCursor(ctx context.Context, list string, data []byte) []byte {
	reader := ""
	if a := actorOf(ctx); a != nil {
		reader = a.ID
	}
	return keyed(s.secrets.cursors, []byte(reader), []byte(list), data)[:cursorMAC]
}

// cursorPlace reads the place of a cursor, "" without one. One that was changed,
// or made for another reader or list, is not a cursor.
func (s *Server) cursorPlace(ctx context.Context, list, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	refuse := func(rule string) error {
		return &Error{Code: CodeMalformed, Fields: []Field{{"/query/cursor", rule, nil}}}
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(data) < 8+cursorMAC {
		return "", refuse("cursor")
	}
	data, mac := data[:len(data)-cursorMAC], data[len(data)-cursorMAC:]
	if !hmac.Equal(mac, s.signCursor(ctx, list, data)) {
		return "", refuse("cursor")
	}
	if s.Now().Unix() >= int64(binary.BigEndian.Uint64(data)) {
		return "", refuse("cursor_old")
	}
	return string(data[8:]), nil
}

// noAddress stands for that of a request outside of one.
var noAddress = &url.URL{}
