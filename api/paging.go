package api

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"time"
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

// pageOf cuts a page out of rows. A row's place in the list is its key among
// all keys, bytewise ascending, which must be unique and not change; so rows
// that come or go between two pages move no other row from one to the other.
// What the keys hold is shown to the reader of the list. Cost: that of sorting
// all rows, and of making the items of one page.
func pageOf[R, T any](ctx context.Context, s *Server, in PageInput, rows []R, key func(*R) string, item func(*R) (T, error)) (*list[T], error) {
	last, err := s.cursorKey(ctx, in.Cursor)
	if err != nil {
		return nil, err
	}
	type place struct {
		key string
		row *R
	}
	places := make([]place, 0, len(rows))
	for i := range rows {
		if k := key(&rows[i]); in.Cursor == "" || k > last {
			places = append(places, place{k, &rows[i]})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.key, b.key) })
	out := &list[T]{}
	out.Body.Items = []T{}
	for _, p := range places[:min(in.Limit, len(places))] {
		one, err := item(p.row)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	if len(places) > in.Limit {
		out.Body.Next = s.cursor(ctx, places[in.Limit-1].key)
		address := *requestOf(ctx).address
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

// newestFirst is the key of a row in a list whose newest rows come first.
func newestFirst(at time.Time, id string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(1<<62-at.UnixMicro()))) + id
}

// bestFirst is the key of a row in a list whose highest scores come first.
func bestFirst(score int64, id string) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(1<<62-score))) + id
}

// cursor makes a cursor that begins after a key.
func (s *Server) cursor(ctx context.Context, key string) string {
	data := binary.BigEndian.AppendUint64(nil, uint64(s.Now().Add(cursorLife).Unix()))
	data = append(data, key...)
	return base64.RawURLEncoding.EncodeToString(append(data, s.signCursor(ctx, data)...))
}

// signCursor binds a cursor to its reader, its list and its filter.
func (s *Server) signCursor(ctx context.Context, data []byte) []byte {
	reader := ""
	if a := actorOf(ctx); a != nil {
		reader = a.ID
	}
	address := requestOf(ctx).address
	filter := address.Query()
	filter.Del("cursor")
	filter.Del("limit")
	return keyed(s.secrets.cursors, []byte(reader), []byte(address.Path), []byte(filter.Encode()), data)[:cursorMAC]
}

// cursorKey reads the key of a cursor, "" without one. One that was changed,
// or made for another reader or list, is not a cursor.
func (s *Server) cursorKey(ctx context.Context, cursor string) (string, error) {
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
	if !hmac.Equal(mac, s.signCursor(ctx, data)) {
		return "", refuse("cursor")
	}
	if s.Now().Unix() >= int64(binary.BigEndian.Uint64(data)) {
		return "", refuse("cursor_old")
	}
	return string(data[8:]), nil
}

// noAddress stands for that of a request outside of one.
var noAddress = &url.URL{}
