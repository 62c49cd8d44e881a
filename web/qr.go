package web

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// QR is a QR code as a drawing: Path fills its dark squares, in a box of Size by
// Size. The quiet zone around them belongs to it.
type QR struct {
	Size int
	Path string
}

// qrQuiet is how many squares stay light around a QR code, by ISO/IEC 18004.
const qrQuiet = 4

// NewQR draws a text as a QR code that can be read when 15 in 100 of it are
// covered. A text of more than some two thousand bytes is an error.
func NewQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, err
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool { return x < side && code.At(x, y) == color.Color(color.Black) }
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			run := 0
			for dark(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+qrQuiet, y+qrQuiet, run, run)
			}
			x += run
		}
	}
	return QR{side + 2*qrQuiet, path.String()}, nil
}

// box is the view box of the drawing.
func (q QR) box() string { return fmt.Sprintf("0 0 %d %d", q.Size, q.Size) }
