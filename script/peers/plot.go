package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The plot's measures.
const (
	plotWidth = 860
	plotLeft  = 360 // where bars begin
	plotRight = 90  // room for the last figure
	plotTop   = 44
	plotRow   = 30
)

const plotStyle = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.axis { stroke: #d0d7de } .scale { fill: #57606a; font-size: 12px }
.bar { fill: #8c959f } .ours { fill: #1a7f5a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .axis { stroke: #3d444d } .scale { fill: #9198a1 } .bar { fill: #6e7681 } .ours { fill: #3fb68b }
}
</style>
`

// plot draws a bar for each peer on a logarithmic scale that begins at 1 ns.
func (r *report) plot() string {
	var bars []*result
	most := 10.0
	for _, p := range r.Results {
		if p.LeftOut == "" {
			bars, most = append(bars, p), max(most, p.PerPair)
		}
	}
	decades := math.Ceil(math.Log10(most))
	x := func(ns float64) float64 {
		return plotLeft + (plotWidth-plotLeft-plotRight)*math.Log10(max(ns, 1))/decades
	}
	bottom := plotTop + plotRow*len(bars)
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title">`+"\n",
		plotWidth, bottom+30, plotWidth, bottom+30)
	fmt.Fprintf(&svg, "<title id=\"title\">Processor time for each pair of %s mentees and %s mentors, in nanoseconds, logarithmic scale</title>\n%s",
		group(r.Mentees), group(r.Mentors), plotStyle)
	fmt.Fprintf(&svg, `<text x="0" y="20">Processor time for each pair, nanoseconds (logarithmic)</text>`+"\n")
	for d := range int(decades) + 1 {
		at := x(math.Pow10(d))
		fmt.Fprintf(&svg, `<line class="axis" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`, at, plotTop-8, at, bottom)
		fmt.Fprintf(&svg, `<text class="scale" x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", at, bottom+18, group(int(math.Pow10(d))))
	}
	for i, p := range bars {
		y, class := plotTop+plotRow*i, "bar"
		if i == 0 || p.Key == vectorsKey {
			class = "ours"
		}
		name, _, _ := strings.Cut(p.Title, ":")
		fmt.Fprintf(&svg, `<text x="%d" y="%d" text-anchor="end">%s</text>`, plotLeft-10, y+15, html.EscapeString(name))
		fmt.Fprintf(&svg, `<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>`, class, plotLeft, y, x(p.PerPair)-plotLeft, plotRow-10)
		fmt.Fprintf(&svg, `<text x="%.1f" y="%d">%s</text>`+"\n", x(p.PerPair)+8, y+15, figure(p.PerPair))
	}
	svg.WriteString("</svg>\n")
	return svg.String()
}
