package models

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          Kind
	}{
		{"mentees", goodMentees, KindMentees},
		{"mentors", mentor(), KindMentors},
		{"mentors with quotes, semicolons and a mark", "\uFEFF\"id\";\"country\";\"expertise\"\n", KindMentors},
		{"mentors without expertise", "id,country,languages,capacity", KindMentors},
		{"mentees without needs", "id,country,languages,stage", KindMentees},
		{"people of no role", "id,country,languages", KindUnknown},
		{"people of both roles", "id,country,needs,expertise", KindUnknown},
		{"scores", "right,left,score", KindScores},
		{"scores without a score", "left,right", KindScores},
		{"nodes", "id,capacity", KindNodes},
		{"nodes with a minimum only", "id,minimum", KindNodes},
		{"rules", "mentor,mentee,rule", KindRules},
		{"answers about owners", "value,id,dimension", KindOwnership},
		{"ids only", "id", KindUnknown},
		{"settings", "{\"weights\": {}}", KindUnknown},
		{"empty", "", KindUnknown},
		{"UTF-16", "\xFF\xFEi\x00", KindUnknown},
		{"stray quote", "id,a\"b\n", KindUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bufio.NewReaderSize(strings.NewReader(c.content), maxCell)
			if got := PeekKind(r); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if rest, err := io.ReadAll(r); err != nil || string(rest) != c.content {
				t.Errorf("the reader has moved: %q, %v", rest, err)
			}
		})
	}
}
