package models

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// FuzzPeople reads anything: it must not panic, every problem must have its message, and what is read without an
// error must come back the same after writing.
func FuzzPeople(f *testing.F) {
	f.Add([]byte(goodMentees), false)
	f.Add([]byte(mentor("capacity", "2", "reliability", "0.5", "name", "=1")), true)
	for _, c := range badFiles {
		if len(c.content) < 1000 {
			f.Add([]byte(c.content), false)
		}
	}
	f.Add([]byte(" 2\n 1 2\n 3\n4\n"), false)
	messages := allMessages(f)
	f.Fuzz(func(t *testing.T, data []byte, mentors bool) {
		role := RoleMentee
		if mentors {
			role = RoleMentor
		}
		people, report := ReadPeople("f", bytes.NewReader(data), role)
		checkMessages(t, messages, report.Problems)
		if report.Problems.Errors() == 0 {
			roundTrip(t, role, people)
		}
		_, other := ReadScores("f", bytes.NewReader(data))
		checkMessages(t, messages, other.Problems)
		rows, orlib := ReadOrlib("f", bytes.NewReader(data))
		checkMessages(t, messages, orlib.Problems)
		if (len(rows) > 0) != (orlib.Problems.Errors() == 0) {
			t.Errorf("%d rows and %v", len(rows), orlib.Problems)
		}
	})
}

// manyPeople writes a file of synthetic people with every column.
func manyPeople(n int) []byte {
	var b bytes.Buffer
	b.WriteString(strings.SplitN(goodMentees, "\n", 2)[0] + "\n")
	for i := range n {
		fmt.Fprintf(&b, "rules_of_origin:1;labelling_language:2;ip_protection:3,E-%06d,Salsas del Valle %d,MX,MX-OAX,,es:native;en:B1,%06d;3119,CA;US-TX,"+
			"first_sale,Mon 09:00-12:00;Thu 16:00-18:00,60,monthly,video;phone,Grupo %d,M-%06d,M-000001;M-000042,\n", i, i, 311000+i%999, i%1000, i)
	}
	return b.Bytes()
}

func BenchmarkReadPeople(b *testing.B) {
	data := manyPeople(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if people, report := ReadPeople("f", bytes.NewReader(data), RoleMentee); len(people) != 100_000 {
			b.Fatal(report.Problems[0])
		}
	}
}

func BenchmarkWritePeople(b *testing.B) {
	people, _ := ReadPeople("f", bytes.NewReader(manyPeople(100_000)), RoleMentee)
	b.ReportAllocs()
	for b.Loop() {
		if err := WritePeople(io.Discard, RoleMentee, people); err != nil {
			b.Fatal(err)
		}
	}
}
