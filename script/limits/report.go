package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// report writes the table.
func report(ctx context.Context, out string, all []bound) error {
	var b strings.Builder
	b.WriteString("# What a server holds out against\n\n<!-- Written by `make bench-limits`; the words are in script/limits. -->\n")
	b.WriteString("`puente serve` on an empty SQLite store, with its limits as they come; the clients run on the same machine. " +
		"Each measurement has a server of its own. The bounds are those of the design; a figure above its bound fails the command.\n\n")
	b.WriteString("| what | figure | bound | |\n|---|---|---|---|\n")
	for _, l := range all {
		fmt.Fprintf(&b, "| %s | %.3g %s | %g %s | %s |\n", l.what, l.figure, l.unit, l.limit, l.unit, l.note)
	}
	head, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return fmt.Errorf("git rev-parse: %w", err)
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "\nMeasured on %s at commit %s, %s, %s/%s, %d processors, load of the last minute %s. Again: `make bench-limits`.\n",
		now().UTC().Format(time.DateOnly), strings.TrimSpace(string(head)), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		strings.Fields(string(load))[0])
	b.WriteString("\nSlow headers end after `Header` (5 s), slow bodies after `Read` (30 s), " +
		"those who do not read their answers after `Write` (45 s): api/server.go. Structure is tested without a clock by `TestServerLimits`.\n")
	return os.WriteFile(out, []byte(b.String()), 0o600)
}
