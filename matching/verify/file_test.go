package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// file is a round as a writer holds it.
type file struct {
	Format string `json:"format"`
	Engine struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Scoring int    `json:"scoring"`
	} `json:"engine"`
	Kind         string          `json:"kind"`
	Method       string          `json:"method"`
	Sense        string          `json:"sense"`
	Cover        string          `json:"cover"`
	Seed         uint64          `json:"seed"`
	Start        string          `json:"start"`
	Settings     json.RawMessage `json:"settings"`
	SettingsHash string          `json:"settings_hash"`
	SnapshotHash string          `json:"snapshot_hash"`
	Left         []fileLeft      `json:"left"`
	Right        []fileRight     `json:"right"`
	Edges        [][3]int        `json:"edges"`
	Must         [][2]int        `json:"must"`
	Keep         *fileKeep       `json:"keep,omitempty"`
	Rules        []fileRule      `json:"rules,omitempty"`
	LeftLists    [][]int         `json:"left_lists,omitempty"`
	RightLists   [][]int         `json:"right_lists,omitempty"`
	Pairs        []filePair      `json:"pairs"`
	Unmatched    []fileUnmatched `json:"unmatched"`
	Totals       fileTotals      `json:"totals"`
	Certificate  fileCertificate `json:"certificate"`
	Hash         string          `json:"hash"`
}

// replaceOnce replaces what is in a text once.
func replaceOnce(t testing.TB, text, old, with string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is there %d times", old, strings.Count(text, old))
	}
	return strings.Replace(text, old, with, 1)
}

type fileLeft struct {
	ID       string `json:"id"`
	Capacity int    `json:"capacity"`
	Minimum  int    `json:"minimum"`
}

type fileRight struct {
	ID       string `json:"id"`
	Capacity int    `json:"capacity"`
	Minimum  int    `json:"minimum"`
	Price    int    `json:"price"`
	Keep     *int   `json:"keep,omitempty"`
}

// MarshalJSON leaves out the price of a stable round.
func (n fileRight) MarshalJSON() ([]byte, error) {
	if n.Price == noPrice {
		return json.Marshal(fileLeft{n.ID, n.Capacity, n.Minimum})
	}
	type plain fileRight
	return json.Marshal(plain(n))
}

const noPrice = -1 << 62

type filePair struct {
	Left      string     `json:"left"`
	Right     string     `json:"right"`
	Score     int        `json:"score"`
	LeftRank  int        `json:"left_rank"`
	RightRank int        `json:"right_rank"`
	Lines     []fileLine `json:"lines"`
}

type fileLine struct {
	Factor   string `json:"factor"`
	Ask      string `json:"ask"`
	Weight   int    `json:"weight"`
	Share    int    `json:"share"`
	Evidence string `json:"evidence"`
}

type fileUnmatched struct {
	Side    string `json:"side"`
	ID      string `json:"id"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule"`
	Nearest string `json:"nearest"`
	Points  int    `json:"points"`
}

type fileTotals struct {
	Pairs int `json:"pairs"`
	Left  int `json:"left"`
	Right int `json:"right"`
	Score int `json:"score"`
}

type fileCertificate struct {
	Kind   string `json:"kind"`
	Bonus  int    `json:"bonus"`
	Primal int    `json:"primal"`
	Dual   int    `json:"dual"`
	stable
	lagrange
	Levels []fileLevel `json:"levels,omitempty"`
}

// fileLevel is a level of the certificate of a balanced round.
type fileLevel struct {
	Aim   string   `json:"aim"`
	Score int      `json:"score"`
	Hub   int      `json:"hub"`
	Left  [][2]int `json:"left"`
	Right [][2]int `json:"right"`
}

// stable is the certificate of a stable round.
type stable struct {
	Proposing string `json:"proposing,omitempty"`
	Short     int    `json:"short,omitempty"`
}

// MarshalJSON writes the members that belong to the kind.
func (c fileCertificate) MarshalJSON() ([]byte, error) {
	if c.Kind == "levels" {
		levels, err := json.Marshal(c.Levels)
		return fmt.Appendf(nil, `{"kind":%q,"levels":%s}`, c.Kind, bytes.Replace(levels, []byte("null"), []byte("[]"), 1)), err
	}
	if c.Kind == "no_blocking_pair" {
		return fmt.Appendf(nil, `{"kind":%q,"proposing":%q,"short":%d}`, c.Kind, c.Proposing, c.Short), nil
	}
	if c.Kind == "bound" {
		return fmt.Appendf(nil, `{"kind":%q,"bonus":%d,"primal":%d,"dual":%d,"gap":%d}`, c.Kind, c.Bonus, c.Primal, c.Dual, c.Gap), nil
	}
	if c.Kind == "lagrange" {
		return fmt.Appendf(nil, `{"kind":%q,"bonus":%d,"dual":%d,"scale":%d,"gap":%d}`, c.Kind, c.Bonus, c.Dual, c.Scale, c.Gap), nil
	}
	return fmt.Appendf(nil, `{"kind":%q,"bonus":%d,"primal":%d,"dual":%d}`, c.Kind, c.Bonus, c.Primal, c.Dual), nil
}

// bytes writes the file with its two hashes, one list element a line.
func (f *file) bytes(t testing.TB) []byte {
	t.Helper()
	f.SettingsHash = settingsHash(t, f.Settings)
	f.Hash = strings.Repeat("0", 64)
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	data = regexp.MustCompile(`^\{`).ReplaceAll(data, []byte("{\n"))
	for _, name := range memberNames[1:] {
		data = bytes.Replace(data, []byte(`,"`+name+`":`), []byte(",\n\""+name+`":`), 1)
	}
	data = regexp.MustCompile(`\[(\[|\{"id|\{"left|\{"side)`).ReplaceAll(data, []byte("[\n$1"))
	data = regexp.MustCompile(`([\]\}]),(\[|\{"id|\{"left|\{"side)`).ReplaceAll(data, []byte("$1,\n$2"))
	data = append(data[:len(data)-1], "\n}\n"...)
	return repair(data)
}

var memberNames = strings.Fields(`format engine kind method sense cover seed start settings settings_hash snapshot_hash
	left right edges must keep rules left_lists right_lists pairs unmatched totals certificate hash`)

func settingsHash(t testing.TB, settings []byte) string {
	var compacted bytes.Buffer
	if err := json.Compact(&compacted, settings); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(compacted.Bytes())
	return hex.EncodeToString(sum[:])
}

var hashMember = regexp.MustCompile(`"hash"\s*:\s*"([0-9a-f]{64})"`)

// repair gives the file the hash of its content, as a fraud would.
func repair(data []byte) []byte {
	at := hashMember.FindSubmatchIndex(data)
	if at == nil {
		return data
	}
	out := bytes.Clone(data)
	digits := out[at[2]:at[3]]
	copy(digits, strings.Repeat("0", 64))
	sum := sha256.Sum256(out)
	hex.Encode(digits, sum[:])
	return out
}

// parse reads a file with the standard library, which knows nothing of the
// format's strictness.
func parse(t testing.TB, data []byte) *file {
	t.Helper()
	f := new(file)
	if err := json.Unmarshal(data, f); err != nil {
		t.Fatal(err)
	}
	return f
}
