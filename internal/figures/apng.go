package figures

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"time"
)

// WriteAPNG writes the animation as an animated PNG, as the third edition of the
// PNG specification defines it. What knows no animations shows the first picture.
func (a *Animation) WriteAPNG(w io.Writer) error {
	if len(a.frames) == 0 {
		return errNoFrames
	}
	out := apngWriter{}
	out.WriteString("\x89PNG\r\n\x1a\n")
	for i, f := range a.frames {
		chunks, err := encodePNG(f.Paletted)
		if err != nil {
			return err
		}
		if i == 0 {
			out.chunk("IHDR", chunks["IHDR"])
			// The number of frames, and 0 for playing without end.
			out.chunk("acTL", binary.BigEndian.AppendUint32(nil, uint32(len(a.frames))), make([]byte, 4))
			out.chunk("PLTE", chunks["PLTE"])
			out.chunk("tRNS", chunks["tRNS"])
		}
		out.control(f)
		if i == 0 {
			out.chunk("IDAT", chunks["IDAT"])
		} else {
			out.chunk("fdAT", out.next(), chunks["IDAT"])
		}
	}
	out.chunk("IEND")
	_, err := w.Write(out.Bytes())
	return err
}

// apngWriter collects chunks; fcTL and fdAT are numbered together.
type apngWriter struct {
	bytes.Buffer
	sequence uint32
}

func (w *apngWriter) next() []byte {
	w.sequence++
	return binary.BigEndian.AppendUint32(nil, w.sequence-1)
}

// chunk writes length, name, data and the checksum of the last two.
func (w *apngWriter) chunk(name string, data ...[]byte) {
	body := append([]byte(name), bytes.Join(data, nil)...)
	w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body)-len(name))))
	w.Write(body)
	w.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}

// control writes the fcTL chunk: where a frame is, for how long, and that it is
// drawn over what is there and stays.
func (w *apngWriter) control(f frame) {
	const keep, over = 0, 1
	data := w.next()
	for _, v := range []int{f.Rect.Dx(), f.Rect.Dy(), f.Rect.Min.X, f.Rect.Min.Y} {
		data = binary.BigEndian.AppendUint32(data, uint32(v))
	}
	milliseconds := min(f.delay.Milliseconds(), 1<<16-1)
	data = binary.BigEndian.AppendUint16(data, uint16(milliseconds))
	data = binary.BigEndian.AppendUint16(data, uint16(time.Second/time.Millisecond))
	w.chunk("fcTL", append(data, keep, over))
}

// encodePNG gives the data of the chunks of img as a PNG by itself, those of the
// same name joined. All images of one palette get the same header but for the size.
func encodePNG(img *image.Paletted) (map[string][]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return nil, err
	}
	chunks := map[string][]byte{}
	for rest := b.Bytes()[8:]; len(rest) > 0; {
		size := binary.BigEndian.Uint32(rest)
		name := string(rest[4:8])
		chunks[name] = append(chunks[name], rest[8:8+size]...)
		rest = rest[12+size:]
	}
	return chunks, nil
}
