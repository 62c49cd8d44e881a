package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// browser is a running Chromium with one tab. It is spoken to in its DevTools
// protocol: JSON objects that end with a zero byte, over two pipes.
type browser struct {
	process *exec.Cmd
	out     io.WriteCloser
	in      *bufio.Reader
	profile string
	session string
	last    int // id of the last command
}

// answer is a result of a command, or an event.
type answer struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// start starts Chromium with an empty profile and opens a tab.
func start(ctx context.Context, program string) (*browser, error) {
	profile, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return nil, err
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b := &browser{out: ourOut, in: bufio.NewReader(ourIn), profile: profile}
	b.process = exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--remote-debugging-pipe", "--user-data-dir="+profile,
		"--disable-quic", "--disable-component-update", "--disable-background-networking", "--disable-sync", "--disable-gpu", "--hide-scrollbars")
	b.process.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := b.process.Start(); err != nil {
		return nil, err
	}
	err = errors.Join(theirIn.Close(), theirOut.Close())
	if err == nil {
		err = b.open()
	}
	return b, err
}

// open opens the tab.
func (b *browser) open() error {
	var target struct{ TargetID string }
	if err := b.call("Target.createTarget", fields{"url": "about:blank"}, &target); err != nil {
		return err
	}
	var attached struct{ SessionID string }
	if err := b.call("Target.attachToTarget", fields{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return err
	}
	b.session = attached.SessionID
	return b.call("Page.enable", nil, nil)
}

// stop ends Chromium and removes its profile.
func (b *browser) stop() error {
	b.session = ""
	err := b.call("Browser.close", nil, nil)
	_ = b.out.Close()
	_ = b.process.Wait() // how it left does not matter
	return errors.Join(err, os.RemoveAll(b.profile))
}

type fields map[string]any

// call sends a command and waits for its result.
func (b *browser) call(method string, params fields, result any) error {
	b.last++
	command := fields{"id": b.last, "method": method}
	if params != nil {
		command["params"] = params
	}
	if b.session != "" {
		command["sessionId"] = b.session
	}
	data, err := json.Marshal(command)
	if err != nil {
		return err
	}
	if _, err := b.out.Write(append(data, 0)); err != nil {
		return err
	}
	a, err := b.wait(func(a answer) bool { return a.ID == b.last })
	switch {
	case err != nil:
		return err
	case a.Error != nil:
		return fmt.Errorf("%s: %s", method, a.Error.Message)
	case result == nil:
		return nil
	}
	return json.Unmarshal(a.Result, result)
}

// wait reads until something is what the caller waits for.
func (b *browser) wait(is func(answer) bool) (a answer, err error) {
	for {
		data, err := b.in.ReadBytes(0)
		if err != nil {
			return a, fmt.Errorf("the browser does not answer: %w", err)
		}
		a = answer{}
		if err := json.Unmarshal(data[:len(data)-1], &a); err != nil {
			return a, err
		}
		if is(a) {
			return a, nil
		}
	}
}

// picture is a page from its top to its bottom, as PNG, and how wide its
// content is.
func (b *browser) picture(url string, width int, theme string) (png []byte, wide int, err error) {
	const screen = 800
	var shot struct{ Data []byte }
	var size struct {
		CSSContentSize struct{ Width, Height int }
	}
	err = errors.Join(
		b.screen(width, screen),
		b.call("Emulation.setEmulatedMedia", fields{"features": []fields{{"name": "prefers-color-scheme", "value": theme}}}, nil),
		b.load(url),
	)
	if err == nil {
		err = b.call("Page.getLayoutMetrics", nil, &size)
	}
	if err == nil {
		err = errors.Join(
			b.screen(width, size.CSSContentSize.Height),
			b.call("Page.captureScreenshot", fields{"format": "png"}, &shot),
		)
	}
	return shot.Data, size.CSSContentSize.Width, err
}

// load goes to an address and waits until its page is there.
func (b *browser) load(url string) error {
	err := b.call("Page.navigate", fields{"url": url}, nil)
	if err == nil {
		_, err = b.wait(func(a answer) bool { return a.Method == "Page.loadEventFired" })
	}
	return err
}

// desk goes to an address on a desk, in the light theme.
func (b *browser) desk(url string) error {
	const width, height = 1280, 960
	return errors.Join(
		b.screen(width, height),
		b.call("Emulation.setEmulatedMedia", fields{"features": []fields{{"name": "prefers-color-scheme", "value": "light"}}}, nil),
		b.load(url),
	)
}

// text is the value of an expression on the page.
func (b *browser) text(expression string) (string, error) {
	var out struct{ Result struct{ Value string } }
	err := b.call("Runtime.evaluate", fields{"expression": expression}, &out)
	return out.Result.Value, err
}

// seen is what the screen shows, as PNG.
func (b *browser) seen() ([]byte, error) {
	var shot struct{ Data []byte }
	err := b.call("Page.captureScreenshot", fields{"format": "png"}, &shot)
	return shot.Data, err
}

func (b *browser) screen(width, height int) error {
	return b.call("Emulation.setDeviceMetricsOverride", fields{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}
