// Pictures takes a picture of every page among the golden files of package
// web, on a phone and on a desk, in the light theme and the dark one, and
// names the pages that are wider than the screen. It needs Chromium.
//
//	go run ./script/pictures -out DIR -match suggestions
//
// With -demo it takes the pictures of docs/pictures: what a business, its mentor
// and staff see first in a demonstration that runs. The file has what that
// printed.
//
//	go run . demo > demo.txt &
//	go run ./script/pictures -out docs/pictures -demo demo.txt
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"puente/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run takes the pictures that args ask for and names on out the pages that do
// not fit.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("pictures", flag.ContinueOnError)
	dir := flags.String("out", "", "folder for the pictures (required)")
	pages := flags.String("pages", "web/testdata/pages", "folder of the pages")
	match := flags.String("match", "*", "which of them: a pattern of file names without .html, such as request*.fr")
	browser := flags.String("chromium", "chromium", "the browser's program")
	demo := flags.String("demo", "", "file with the links of a demonstration that runs, to take its pictures instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *demo != "" && *dir != "" {
		return takeDemo(ctx, *browser, *demo, *dir)
	}
	names, err := filepath.Glob(filepath.Join(*pages, *match+".html"))
	if err == nil && (*dir == "" || len(names) == 0) {
		err = errors.New("pictures: -out is required, and -match has to match pages")
	}
	if err == nil {
		err = os.MkdirAll(*dir, 0o755)
	}
	if err != nil {
		return err
	}
	site, err := serve(ctx, *pages)
	if err != nil {
		return err
	}
	return takeAll(ctx, out, *browser, site, *dir, names)
}

// serve shows the golden files, as they were before they were broken into
// lines, and the style, until ctx ends. It gives the address.
func serve(ctx context.Context, pages string) (string, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{name}", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = web.Asset(r.PathValue("name"))
		web.Static().ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /{name}", func(w http.ResponseWriter, r *http.Request) {
		data, err := os.ReadFile(filepath.Join(pages, filepath.Base(r.PathValue("name"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.ReplaceAll(string(data), ">\n<", "><"))
	})
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 16,
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }() // ends with the program
	return "http://" + listener.Addr().String() + "/", nil
}

// takeDemo signs in with each link of a demonstration and takes a picture of
// what is seen there: suggestions, a request, and the review of its round.
func takeDemo(ctx context.Context, program, demo, dir string) (err error) {
	printed, err := os.ReadFile(demo)
	if err != nil {
		return err
	}
	links := regexp.MustCompile(`http://127\.0\.0\.1:\d+/\w\w/link/\w+`).FindAllString(string(printed), -1)
	names := []string{"suggestions", "request", "review"}
	if len(links) != len(names) {
		return fmt.Errorf("pictures: %s has %d links, not %d", demo, len(links), len(names))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	b, err := start(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	for i, name := range names {
		if err := b.desk(links[i]); err != nil {
			return err
		}
		if name == "review" {
			round, err := b.text(`document.querySelector("main h2 a").href`)
			if err == nil {
				err = b.desk(round)
			}
			if err != nil {
				return err
			}
		}
		picture, err := b.seen()
		if err == nil {
			picture, err = small(picture)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeAll takes each page at each width in each theme.
func takeAll(ctx context.Context, out io.Writer, program, site, dir string, names []string) (err error) {
	b, err := start(ctx, program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	for _, name := range names {
		base := filepath.Base(name)
		for _, width := range []int{390, 1280} {
			for _, theme := range []string{"light", "dark"} {
				picture, wide, err := b.picture(site+base, width, theme)
				if err != nil {
					return err
				}
				file := fmt.Sprintf("%s-%d-%s.png", strings.TrimSuffix(base, ".html"), width, theme)
				if err := os.WriteFile(filepath.Join(dir, file), picture, 0o644); err != nil {
					return err
				}
				if wide > width {
					fmt.Fprintf(out, "%s is %d wide\n", file, wide)
				}
			}
		}
	}
	return nil
}
