package arrayfile

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// source is an opened and decompressed file, or standard input.
type source struct {
	*bufio.Reader
	path string
	name string // for errors
	opt  Options

	size   int64       // bytes of the file after decompression, or -1 if that isn't known
	stored int64       // bytes on disk, or 0 if that isn't known: what may be set aside unseen
	at     io.ReaderAt // the file, if it can be read at any place and is not compressed

	closers []io.Closer
}

// openSource opens path and, whatever its name, decompresses it if it begins as
// gzip does.
func openSource(path string, opt Options) (*source, error) {
	if path == Stdin {
		in := opt.Stdin
		if in == nil {
			in = os.Stdin
		}
		return newSource(path, in, -1, opt)
	}
	f, err := os.Open(path)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err // the caller names the path
		}
		return nil, err
	}
	size := int64(-1)
	info, err := f.Stat()
	switch {
	case err != nil:
		f.Close()
		return nil, err
	case info.IsDir():
		f.Close()
		return nil, errors.New("it is a folder")
	case info.Mode().IsRegular():
		size = info.Size()
	}
	s, err := newSource(path, f, size, opt)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.closers = append(s.closers, f)
	return s, nil
}

// newSource reads from r, which is size bytes long or of unknown length, -1.
func newSource(path string, r io.Reader, size int64, opt Options) (*source, error) {
	s := &source{
		Reader: bufio.NewReaderSize(&limitedReader{r, opt.maxBytes(), opt.maxBytes()}, 1<<16),
		path:   path, name: displayName(path), opt: opt,
		size: size, stored: max(size, 0),
	}
	if size > opt.maxBytes() {
		return nil, tooLarge(opt.maxBytes())
	}
	if at, ok := r.(io.ReaderAt); ok && size >= 0 {
		s.at = at
	}
	start, err := s.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(start) != "\x1f\x8b" {
		return s, nil
	}
	unzipped, err := gzip.NewReader(s.Reader)
	if err != nil {
		return nil, fmt.Errorf("its gzip header is damaged: %w", err)
	}
	s.Reader = bufio.NewReaderSize(&limitedReader{unzipped, opt.maxBytes(), opt.maxBytes()}, 1<<16)
	s.size, s.at = -1, nil
	s.closers = append(s.closers, unzipped)
	return s, nil
}

func (s *source) close() {
	for _, c := range s.closers {
		c.Close() // nothing was written that an error could lose
	}
}

// checkSize compares the bytes that a file should have with those it has, as far
// as that is known before reading it.
func (s *source) checkSize(want float64, because string) error {
	switch {
	case want > float64(s.opt.maxBytes()):
		return fmt.Errorf("%s needs %.0f bytes; at most %d are allowed", because, want, s.opt.maxBytes())
	case s.size >= 0 && want > float64(s.size):
		return fmt.Errorf("%s needs %.0f bytes, but the file has %d: it is cut short", because, want, s.size)
	case s.size >= 0 && want < float64(s.size):
		return fmt.Errorf("%s needs %.0f bytes, but the file has %d: something follows", because, want, s.size)
	}
	return nil
}

// checkEnd makes sure that nothing follows what was read. It also lets gzip and
// zip verify their checksums, which stand at the end.
func (s *source) checkEnd() error {
	_, err := s.ReadByte()
	switch err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("it goes on after the numbers that its header announces")
	default:
		return err
	}
}

// reserve returns for how many of n elements memory may be set aside before they are
// seen: no more than the file has bytes.
func (s *source) reserve(n int) int {
	return int(min(int64(n), max(s.stored, 1<<14)))
}

// limitedReader fails, rather than ends as io.LimitReader does, when r has more bytes than
// allowed.
type limitedReader struct {
	r       io.Reader
	left    int64
	allowed int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if int64(n) > l.left {
		n, err = int(l.left), tooLarge(l.allowed)
	}
	l.left -= int64(n)
	return n, err
}

func tooLarge(allowed int64) error {
	return fmt.Errorf("it has more than the %d bytes that are allowed, counted after decompression", allowed)
}

func displayName(path string) string {
	if path == Stdin {
		return "standard input"
	}
	return path
}
