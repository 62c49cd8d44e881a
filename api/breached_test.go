package api

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// counted counts the reads of a list.
type counted struct {
	io.ReaderAt
	reads int
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.reads++
	return c.ReaderAt.ReadAt(p, at)
}

func listOf(text []byte) *Breached { return &Breached{bytes.NewReader(text), int64(len(text))} }

// madeList is a list of n hashes in one of the shapes that lists have, with what
// is in it. Some hashes are close to the one before.
func madeList(seed uint64, n int, shape byte) (text []byte, in map[hashOfBreached]bool) {
	random := rand.New(rand.NewPCG(seed, 0))
	in = map[hashOfBreached]bool{}
	all := make([]hashOfBreached, 0, n)
	var h hashOfBreached
	for range n {
		for i := random.IntN(len(h)); i < len(h); i++ {
			h[i] = byte(random.Uint32())
		}
		if random.IntN(20) == 0 {
			clear(h[1:])
		}
		all, in[h] = append(all, h), true
	}
	slices.SortFunc(all, func(a, b hashOfBreached) int { return bytes.Compare(a[:], b[:]) }) // the same one may stand twice
	var out bytes.Buffer
	for i, h := range all {
		line := hex.EncodeToString(h[:])
		if shape&1 == 0 || shape&64 != 0 && i%2 == 0 {
			line = strings.ToUpper(line)
		}
		switch {
		case shape&2 != 0:
		case shape&4 != 0:
			line += fmt.Sprint(":", random.Uint64())
		default:
			line += fmt.Sprint(":", random.IntN(20))
		}
		if shape&8 != 0 {
			line += strings.Repeat(" ", random.IntN(40))
		}
		if shape&16 != 0 {
			line += "\r"
		}
		if i < n-1 || shape&32 == 0 {
			line += "\n"
		}
		out.WriteString(line)
	}
	return out.Bytes(), in
}

// checkList asks a list for all that is in it, for what is next to that, and for
// what is not, and counts the reads.
func checkList(t *testing.T, text []byte, in map[hashOfBreached]bool) {
	t.Helper()
	list := listOf(text)
	reads := &counted{ReaderAt: list.list}
	list.list = reads
	if err := list.check(); err != nil {
		t.Fatalf("%v of\n%s", err, text)
	}
	most := bits.Len64(uint64(list.size))
	ask := func(h hashOfBreached) {
		reads.reads = 0
		found, err := list.has(h)
		if err != nil || found != in[h] {
			t.Fatalf("%x: %v, %v in\n%s", h, found, err, text)
		}
		if reads.reads > most {
			t.Fatalf("%d reads of a list of %d bytes", reads.reads, list.size)
		}
	}
	var least, last hashOfBreached
	for i := range last {
		last[i] = 0xff
	}
	ask(least)
	ask(last)
	for h := range in {
		ask(h)
		for _, by := range []byte{1, 0xff} {
			h[len(h)-1] += by
			ask(h)
			h[len(h)-1] -= by
		}
		h[0]++
		ask(h)
	}
}

// TestBreachedEqualsMap wants of lists of all shapes what a map of them says.
func TestBreachedEqualsMap(t *testing.T) {
	for shape := range byte(128) {
		for _, n := range []int{1, 2, 3, 10, 200} {
			text, in := madeList(uint64(n)<<8+uint64(shape), n, shape)
			checkList(t, text, in)
		}
	}
}

func FuzzBreached(f *testing.F) {
	for shape := range byte(128) {
		f.Add(uint64(shape), uint16(shape)*3+1, shape)
	}
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, shape byte) {
		text, in := madeList(seed, int(n%1000)+1, shape)
		checkList(t, text, in)
	})
}

// FuzzBreachedBytes looks into whatever bytes there are: it ends, and what it
// finds stands there as a line.
func FuzzBreachedBytes(f *testing.F) {
	for shape := range byte(64) {
		text, in := madeList(uint64(shape), 30, shape)
		for h := range in {
			f.Add(text, h[:])
			f.Add(text[:len(text)*2/3], h[:])
			f.Add(slices.Concat(text[len(text)/2:], text[:len(text)/2]), h[:])
			break
		}
	}
	f.Fuzz(func(t *testing.T, text, hash []byte) {
		if len(hash) != sha1.Size {
			return
		}
		list := listOf(text)
		if err := list.check(); len(text) == 0 && err == nil {
			t.Error("nothing is taken as a list")
		}
		found, err := list.has(hashOfBreached(hash))
		if found && (err != nil || !strings.Contains(strings.ToLower(string(text)), hex.EncodeToString(hash))) {
			t.Errorf("%x is found in\n%s", hash, text)
		}
	})
}

// TestOpenBreached has what is taken as a list and what is not, with where it
// shows.
func TestOpenBreached(t *testing.T) {
	const one, two = "0123456789ABCDEF0123456789ABCDEF01234567", "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
	three := strings.Repeat("F", 40)
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"one line", one + ":7\n", nil},
		{"one line without an end", one + ":7", nil},
		{"a hash alone", one, nil},
		{"small letters", strings.ToLower(one+"\n"+two) + "\n", nil},
		{"as Windows ends lines", one + ":7\r\n" + two + ":7\r\n", nil},
		{"spaces as in 2018", one + ":7          \r\n" + two + ":7\r\n", nil},
		{"the same twice", one + "\n" + one + "\n", nil},
		{"many digits", one + ":" + strings.Repeat("9", 20) + "\n", nil},
		{"a line as long as can be", one + ":1" + strings.Repeat(" ", 85) + "\n" + two, nil},
		{"empty", "", &NotBreached{BreachedEmpty, 0}},
		{"an empty line", "\n", &NotBreached{BreachedForm, 0}},
		{"an empty line at the end", one + "\n\n", &NotBreached{BreachedForm, 41}},
		{"cut off in a hash", one + ":7\n" + two[:39], &NotBreached{BreachedForm, 43}},
		{"cut off before the number", one + ":7\n" + two + ":", &NotBreached{BreachedForm, 43}},
		{"too many digits", one + ":" + strings.Repeat("9", 21) + "\n", &NotBreached{BreachedForm, 0}},
		{"no number", one + ":-7\n", &NotBreached{BreachedForm, 0}},
		{"another sign", one + ";7\n", &NotBreached{BreachedForm, 0}},
		{"NTLM", one[:32] + ":7\n" + two[:32] + ":7\n", &NotBreached{BreachedForm, 0}},
		{"a range", one[5:] + ":7\n", &NotBreached{BreachedForm, 0}},
		{"no digits", strings.Repeat("G", 40) + ":7\n", &NotBreached{BreachedForm, 0}},
		{"a mark of the order of bytes", "\ufeff" + one + "\n", &NotBreached{BreachedForm, 0}},
		{"passwords", "password\n123456\n", &NotBreached{BreachedForm, 0}},
		{"a line too long", one + ":1" + strings.Repeat(" ", 86) + "\n" + two, &NotBreached{BreachedForm, 0}},
		{"one endless line", strings.Repeat("0", 1<<20), &NotBreached{BreachedForm, 0}},
		{"the wrong way round", two + "\n" + one + "\n", &NotBreached{BreachedOrder, 41}},
		{"out of order in the middle", one + "\n" + three + "\n" + two + "\n" + three + "\n", &NotBreached{BreachedOrder, 82}},
		{"bad in the middle", one + "\n" + strings.Repeat("x", 40) + "\n" + two, &NotBreached{BreachedForm, 41}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "list")
			must(t, os.WriteFile(file, []byte(c.text), 0o600))
			list, err := OpenBreached(file)
			if fmt.Sprint(err) != fmt.Sprint(c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if err == nil {
				must(t, list.Close())
			}
		})
	}
	if _, err := OpenBreached(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
	var not *NotBreached
	if _, err := OpenBreached(t.TempDir()); !errors.As(err, &not) || not.Why != BreachedKind {
		t.Errorf("a folder: %v", err)
	}
}

// TestBreachedByPrevalence refuses a long list in the other order in which they
// are published.
func TestBreachedByPrevalence(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 24))
	text, _ := madeList(1, 2000, 2)
	lines := bytes.SplitAfter(text, []byte("\n"))
	lines = lines[:len(lines)-1]
	random.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	var not *NotBreached
	if err := listOf(bytes.Join(lines, nil)).check(); !errors.As(err, &not) || not.Why != BreachedOrder {
		t.Error(err)
	}
}

// TestBreachedChanges opens a list that becomes none while it is used: no answer
// is given then, and no word of where the search was.
func TestBreachedChanges(t *testing.T) {
	text, in := madeList(1, 1000, 0)
	for name, change := range map[string]func(f *os.File) error{
		"cut off": func(f *os.File) error { return f.Truncate(100) },
		"emptied": func(f *os.File) error { return f.Truncate(0) },
		"written": func(f *os.File) error { _, err := f.WriteAt(bytes.Repeat([]byte("x\n"), len(text)/2), 0); return err },
		"out of turn": func(f *os.File) error {
			_, err := f.WriteAt(bytes.Repeat([]byte("0"), 40), int64(len(text)/2))
			return err
		},
		"closed": nil,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "list")
			must(t, os.WriteFile(file, text, 0o600))
			list, err := OpenBreached(file)
			must(t, err)
			if change == nil {
				must(t, list.Close())
			} else {
				defer list.Close()
				f, err := os.OpenFile(file, os.O_WRONLY, 0)
				must(t, err)
				must(t, errors.Join(change(f), f.Close()))
			}
			failed := 0
			for h := range in {
				found, err := list.has(h)
				if err == nil && !found {
					continue // the order is right where it was looked at
				}
				if err != nil {
					failed++
				}
				var not *NotBreached
				if errors.As(err, &not) || err != nil && strings.ContainsAny(strings.ReplaceAll(err.Error(), file, ""), "0123456789") {
					t.Fatalf("%v", err)
				}
			}
			if failed == 0 {
				t.Error("nothing was noticed")
			}
		})
	}
}

// TestMostUsedPasswords wants of the list that ships that each line has the one
// form, that it is in order, and that it has as many as ASVS 6.2.4 asks for.
func TestMostUsedPasswords(t *testing.T) {
	before, n := "", 0
	for s := bufio.NewScanner(strings.NewReader(mostUsedList)); s.Scan(); n++ {
		if line := s.Text(); len(line) != 40 || strings.Trim(line, "0123456789ABCDEF") != "" || line <= before {
			t.Fatalf("line %d: %q after %q", n+1, line, before)
		} else {
			before = line
		}
	}
	if n < 3000 {
		t.Errorf("only %d", n)
	}
	for password, want := range map[string]bool{"manchesterunited": true, "30secondstomars": true, "1213141516171819": true, password: false, "Manchesterunited": false, "": false} {
		if found, err := mostUsed().Has(password); err != nil || found != want {
			t.Errorf("%q: %v, %v", password, found, err)
		}
	}
}

// TestBreachedForms finds a password in both forms of Unicode that keyboards and
// lists have.
func TestBreachedForms(t *testing.T) {
	for _, listed := range []string{"la contraseña del río", "la contrasen\u0303a del ri\u0301o"} {
		list := listOf(fmt.Appendf(nil, "%X:3\n", sha1.Sum([]byte(listed))))
		for _, typed := range []string{"la contraseña del río", "la contrasen\u0303a del ri\u0301o"} {
			if found, err := list.Has(typed); !found || err != nil {
				t.Errorf("%+q in a list of %+q: %v", typed, listed, err)
			}
		}
		if found, err := list.Has("la contrasena del rio"); found || err != nil {
			t.Errorf("without accents: %v %v", found, err)
		}
	}
}

// evenHash is the n-th hash of an even list of so many.
func evenHash(n, lines int64) (h hashOfBreached) {
	high, _ := bits.Div64(uint64(n), 0, uint64(lines))
	binary.BigEndian.PutUint64(h[:], high)
	return h
}

// evenList is a list that is nowhere, of so many lines: what is read of it is
// made then.
type evenList int64

const evenLine = int64(40 + len(":7\r\n"))

func (l evenList) ReadAt(p []byte, at int64) (int, error) {
	var out []byte
	for n := at / evenLine; len(out) < len(p)+int(evenLine) && n < int64(l); n++ {
		out = fmt.Appendf(out, "%X:7\r\n", evenHash(n, int64(l)))
	}
	n := copy(p, out[at%evenLine:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestBreachedOf40GB looks into a list as long as the published one: 930 million
// lines, 41 GB.
func TestBreachedOf40GB(t *testing.T) {
	const lines = 930_000_000
	reads := &counted{ReaderAt: evenList(lines)}
	list := &Breached{reads, lines * evenLine}
	must(t, list.check())
	if reads.reads > 201 {
		t.Errorf("%d reads to open it", reads.reads)
	}
	random, most := rand.New(rand.NewPCG(40, 9)), 0
	for range 2000 {
		h := evenHash(random.Int64N(lines), lines)
		for _, in := range []bool{true, false} {
			reads.reads = 0
			if !in {
				h[len(h)-1] = 1
			}
			if found, err := list.has(h); err != nil || found != in {
				t.Fatalf("%x: %v %v", h, found, err)
			}
			most = max(most, reads.reads)
		}
	}
	if t.Logf("at most %d reads", most); most > 36 {
		t.Errorf("%d reads", most)
	}
}

// BenchmarkBreached looks into a list of six million lines, 258 MB, on the disk,
// and opens it. A look-up of each kind: what is in it and what is not.
func BenchmarkBreached(b *testing.B) {
	const lines = 6_000_000
	file := filepath.Join(b.TempDir(), "list")
	f, err := os.Create(file)
	must(b, err)
	out := bufio.NewWriterSize(f, 1<<20)
	for n := range int64(lines) {
		fmt.Fprintf(out, "%X:%d\n", evenHash(n, lines), n%9+1)
	}
	must(b, errors.Join(out.Flush(), f.Close()))
	list, err := OpenBreached(file)
	must(b, err)
	defer list.Close()
	for name, in := range map[string]bool{"in": true, "out": false} {
		b.Run(name, func(b *testing.B) {
			reads := &counted{ReaderAt: list.list}
			asked := &Breached{reads, list.size}
			for n := 0; b.Loop(); n++ {
				h := evenHash(int64(uint64(n)*2_654_435_761%lines), lines)
				if !in {
					h[len(h)-1] = 1
				}
				if found, err := asked.has(h); err != nil || found != in {
					b.Fatal(found, err)
				}
			}
			b.ReportMetric(float64(reads.reads)/float64(b.N), "reads/op")
			b.ReportMetric(float64(list.size), "bytes")
		})
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			again, err := OpenBreached(file)
			must(b, err)
			must(b, again.Close())
		}
	})
}
