package dataset

import (
	"bytes"
	"encoding/binary"
)

// turn is how a camera was held, by the numbers of Exif: from 2 to 8, the first
// row and column of the pixels are, as one sees the picture, top and right; bottom
// and right; bottom and left; left and top; right and top; right and bottom; left
// and bottom.
type turn int

// swaps reports whether rows of pixels are columns of the picture.
func (t turn) swaps() bool { return t >= 5 }

// greys are the pixels of a picture of the given shape, from those of the file.
func (t turn) greys(stored []float64, s Shape) []float64 {
	if t < 2 {
		return stored
	}
	seen := make([]float64, len(stored))
	rows, columns := s.Height, s.Width // of what is stored
	if t.swaps() {
		rows, columns = columns, rows
	}
	for i := range s.Height {
		for j := range s.Width {
			var r, c int
			switch t {
			case 2:
				r, c = i, columns-1-j
			case 3:
				r, c = rows-1-i, columns-1-j
			case 4:
				r, c = rows-1-i, j
			case 5:
				r, c = j, i
			case 6:
				r, c = rows-1-j, i
			case 7:
				r, c = rows-1-j, columns-1-i
			case 8:
				r, c = j, columns-1-i
			}
			seen[i*s.Width+j] = stored[r*columns+c]
		}
	}
	return seen
}

// orientation is what a JPEG file says in its Exif part, 1 where it says nothing
// that can be understood (CIPA DC-008).
func orientation(raw []byte, format string) turn {
	if format != "jpeg" {
		return 1
	}
	const startOfScan, app1 = 0xda, 0xe1
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff && raw[at+1] != startOfScan; {
		length := int(binary.BigEndian.Uint16(raw[at+2:]))
		if length < 2 || at+2+length > len(raw) {
			break
		}
		segment := raw[at+4 : at+2+length]
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && raw[at+1] == app1 {
			return exifOrientation(exif)
		}
		at += 2 + length
	}
	return 1
}

// exifOrientation looks through the first directory of a TIFF for the tag 0x0112.
func exifOrientation(tiff []byte) turn {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	const entry, tag, short = 12, 0x0112, 3
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		from := at + 2 + i*entry
		if from+entry > int64(len(tiff)) {
			break
		}
		e := tiff[from : from+entry]
		if order.Uint16(e) != tag || order.Uint16(e[2:]) != short {
			continue
		}
		if v := order.Uint16(e[8:]); v >= 1 && v <= 8 {
			return turn(v)
		}
	}
	return 1
}
