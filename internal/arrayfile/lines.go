package arrayfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
)

// maxLine bounds a line of a CSV, and with it what a file without line ends can
// ask for: room for a million numbers.
const maxLine = 16 << 20

// lineEnds gives a file whose lines end with carriage returns alone, as old Macs
// wrote them, line feeds in their place.
func lineEnds(r *bufio.Reader) *bufio.Reader {
	start, _ := r.Peek(r.Size())
	if bytes.IndexByte(start, '\n') >= 0 || bytes.IndexByte(start, '\r') < 0 {
		return r
	}
	return bufio.NewReaderSize(returns{r}, r.Size())
}

// returns reads carriage returns as line feeds.
type returns struct{ r io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// lines reads a file line by line.
type lines struct {
	r      *bufio.Reader
	number int    // of the line that was read last
	bytes  int64  // read so far
	long   []byte // a line that the buffer of r can't hold
	ahead  []ahead
}

// ahead is a line that was looked at, and is still to come.
type ahead struct {
	text   []byte
	number int
	err    error
}

// look returns the next lines, at most count, which stay to come.
func (l *lines) look(count int) []ahead {
	for len(l.ahead) < count && (len(l.ahead) == 0 || l.ahead[len(l.ahead)-1].err == nil) {
		text, err := l.fetch()
		l.ahead = append(l.ahead, ahead{bytes.Clone(text), l.number, err})
	}
	return l.ahead
}

// next returns the next line that says something, without its end, until the
// call after; or io.EOF.
func (l *lines) next() ([]byte, error) {
	if len(l.ahead) == 0 {
		return l.fetch()
	}
	first := l.ahead[0]
	l.ahead = l.ahead[1:]
	l.number = first.number
	return first.text, first.err
}

func (l *lines) fetch() ([]byte, error) {
	for {
		line, err := l.read()
		if err != nil {
			return nil, err
		}
		l.number++
		line = bytes.TrimRight(line, "\r\n")
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			return line, nil
		}
	}
}

func (l *lines) read() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	l.bytes += int64(len(line))
	if err == nil || err == io.EOF && len(line) > 0 {
		return line, nil
	}
	if err != bufio.ErrBufferFull {
		return nil, l.failed(err)
	}
	l.long = append(l.long[:0], line...)
	for err == bufio.ErrBufferFull {
		line, err = l.r.ReadSlice('\n')
		l.bytes += int64(len(line))
		if len(l.long)+len(line) > maxLine {
			return nil, fmt.Errorf("line %d is longer than %d bytes: it is not a CSV with one sample per line", l.number+1, maxLine)
		}
		if cap(l.long)-len(l.long) < len(line) {
			l.long = slices.Grow(l.long, max(len(line), len(l.long))) // twice: append grows by less
		}
		l.long = append(l.long, line...)
	}
	if err != nil && err != io.EOF {
		return nil, l.failed(err)
	}
	return l.long, nil
}

func (l *lines) failed(err error) error {
	if err == io.EOF {
		return err
	}
	return fmt.Errorf("after line %d: %w", l.number, err)
}

// at adds the current line to an error.
func (l *lines) at(err error) error {
	return fmt.Errorf("line %d: %w", l.number, err)
}
