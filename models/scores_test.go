package models

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readLine(line string) ([]string, error) { return csv.NewReader(strings.NewReader(line)).Read() }

func TestReadScores(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []ScoreRow
	}{
		{"plain", "left,right,score\nE-1,M-1,51200\nE-1,M-2,0\n", []ScoreRow{{"E-1", "M-1", 51200, false, 2}, {"E-1", "M-2", 0, false, 3}}},
		{"other order, must", "must;score;right;left\nyes;-5;M-1;E-1\n;1000000000;M-2;E-1\nno;-1000000000;E-1;E-1\n", []ScoreRow{
			{"E-1", "M-1", -5, true, 2}, {"E-1", "M-2", maxScore, false, 3}, {"E-1", "E-1", -maxScore, false, 4},
		}},
		{"neutralised ids", "left,right,score\n'=1,'@2,1\n", []ScoreRow{{"=1", "@2", 1, false, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, report := ReadScores("s.csv", strings.NewReader(c.content))
			if diff := cmp.Diff(c.want, got); diff != "" || len(report.Problems) > 0 {
				t.Errorf("%v\n%s", report.Problems, diff)
			}
		})
	}
}

func TestReadOrlib(t *testing.T) {
	got, report := ReadOrlib("a", strings.NewReader(" 2\n 10 -2 \n\r\n\t3\n4"))
	want := []ScoreRow{{"L1", "R1", 10, false, 2}, {"L1", "R2", -2, false, 2}, {"L2", "R1", 3, false, 4}, {"L2", "R2", 4, false, 5}}
	if diff := cmp.Diff(want, got); diff != "" || len(report.Problems) > 0 {
		t.Errorf("%v\n%s", report.Problems, diff)
	}
	got, _ = ReadOrlib("a", strings.NewReader("10 "+strings.Repeat("5 ", 100)))
	if first, last := got[0], got[99]; first.Left != "L01" || last.Right != "R10" {
		t.Errorf("ids from %s to %s", first.Left, last.Right)
	}
}

func TestReadNodes(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []Node
	}{
		{"capacity", "id,capacity\nA,2\nB,0\nC,\nD,1000000\n", []Node{{"A", 2, 0}, {"B", 0, 0}, {"C", 1, 0}, {"D", 1000000, 0}}},
		{"minimum", "minimum,capacity,id\n1,2,A\n0,0,B\n,3,C\n", []Node{{"A", 2, 1}, {"B", 0, 0}, {"C", 3, 0}}},
		{"ids only", "id\nA\n", []Node{{"A", 1, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, report := ReadNodes("l.csv", strings.NewReader(c.content))
			if diff := cmp.Diff(c.want, got); diff != "" || len(report.Problems) > 0 {
				t.Errorf("%v\n%s", report.Problems, diff)
			}
		})
	}
}

func TestReadRanks(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []RankRow
	}{
		{"lists", "id,ranks\nA,M-2;M-1\nB,\n", []RankRow{{"A", []string{"M-2", "M-1"}, 2}, {"B", nil, 3}}},
		{"ids only", "id\nA\n", []RankRow{{"A", nil, 2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, report := ReadRanks("r.csv", strings.NewReader(c.content))
			if diff := cmp.Diff(c.want, got); diff != "" || len(report.Problems) > 0 {
				t.Errorf("%v\n%s", report.Problems, diff)
			}
		})
	}
}

func TestReadRules(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []RuleRow
	}{
		{"all rules", "mentee,mentor,rule\nE-1,M-1,must\nE-1,M-2,never\nE-2,M-1,lock\n", []RuleRow{
			{"E-1", "M-1", RuleMust, 2}, {"E-1", "M-2", RuleNever, 3}, {"E-2", "M-1", RuleLock, 4},
		}},
		{"no rules", "mentee,mentor,rule\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, report := ReadRules("r.csv", strings.NewReader(c.content))
			if diff := cmp.Diff(c.want, got); diff != "" || len(report.Problems) > 0 {
				t.Errorf("%v\n%s", report.Problems, diff)
			}
		})
	}
}

func BenchmarkReadScores(b *testing.B) {
	var data bytes.Buffer
	data.WriteString("left,right,score\n")
	for i := range 500_000 {
		fmt.Fprintf(&data, "E-%06d,M-%06d,%d\n", i/50, (i*7919)%3000, i%60000)
	}
	b.SetBytes(int64(data.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if rows, report := ReadScores("f", bytes.NewReader(data.Bytes())); len(rows) != 500_000 {
			b.Fatal(report.Problems[0])
		}
	}
}
