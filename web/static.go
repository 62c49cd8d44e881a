package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

const staticRoot = "/static/"

var staticTypes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}

// asset is a file that pages use, as it is sent.
type asset struct {
	kind         string
	plain, small []byte // small is the same under gzip
}

type assets struct {
	urls   map[string]string // by name
	byPath map[string]asset
}

var loadAssets = sync.OnceValue(func() assets {
	out := assets{map[string]string{}, map[string]asset{}}
	names, err := fs.Glob(staticFiles, "static/*")
	if err != nil {
		panic(fmt.Sprintf("web: embedded files are broken: %v", err)) // the pattern is a constant
	}
	for _, name := range names {
		data, err := staticFiles.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("web: embedded files are broken: %v", err))
		}
		base, extension := path.Base(name), path.Ext(name)
		sum := sha256.Sum256(data)
		url := staticRoot + strings.TrimSuffix(base, extension) + "." + hex.EncodeToString(sum[:8]) + extension
		out.urls[base] = url
		out.byPath[url] = asset{staticTypes[extension], data, Squeezed(data)}
	}
	return out
})

// Squeezed is data under gzip, as small as it gets: for what is compressed once
// and sent often.
func Squeezed(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails for unknown levels only
	_, _ = w.Write(data)                                  // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// Asset is the path of a file of web/static. It holds the hash of what is in
// the file, so that browsers may keep it for ever.
func Asset(name string) string { return loadAssets().urls[name] }

// Static serves the files of web/static under /static/, by the paths that
// Asset gives and no others.
func Static() http.Handler {
	files := loadAssets().byPath
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			header.Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		body := file.plain
		header.Set("Content-Type", file.kind)
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		header.Set("Vary", "Accept-Encoding")
		header.Set("X-Content-Type-Options", "nosniff")
		if TakesGzip(r.Header.Get("Accept-Encoding")) {
			header.Set("Content-Encoding", "gzip")
			body = file.small
		}
		header.Set("Content-Length", itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // a reader who left needs no answer
		}
	})
}

// TakesGzip says by an Accept-Encoding header whether a browser named gzip and did not refuse it.
func TakesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.ReplaceAll(q, " ", "")
			return q == "" || strings.Trim(strings.TrimPrefix(q, "q="), "0.") != ""
		}
	}
	return false
}
