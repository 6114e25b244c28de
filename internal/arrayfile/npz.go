package arrayfile

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxZipDirectory bounds what is read of an NPZ before its arrays: it suffices for
// thousands of them, and in memory each takes more than its bytes in the file.
const maxZipDirectory = 1 << 20

// readNPZ reads the array of samples, and that of the labels if it is asked for.
func readNPZ[T float32 | float64](s *source, b *builder[T]) error {
	arrays, err := openNPZ(s)
	if err != nil {
		return err
	}
	labelArray := b.opt.LabelColumn
	switch {
	case slices.Contains(arrays.names, labelArray):
	case labelArray == "" && b.opt.Array == "" && b.opt.LabelFile == "" && len(arrays.names) > 1 && len(customary(arrays.names)) > 0:
		return readCustomary(arrays, customary(arrays.names), b)
	case labelArray == "", labelArray == FirstColumn, labelArray == LastColumn:
		name, err := arrays.choose(b.opt.Array, "")
		if err != nil {
			return err
		}
		return arrays.read(name, func(member *source) error { return readNPY(member, b) })
	default:
		return fmt.Errorf("it holds no array %s for the labels; its arrays are %s", quote(labelArray), list(arrays.names))
	}
	b.opt.LabelColumn = ""
	name, err := arrays.choose(b.opt.Array, labelArray)
	if err != nil {
		return err
	}
	if err := arrays.read(name, func(member *source) error { return readNPY(member, b) }); err != nil {
		return err
	}
	return readLabels(arrays, labelArray, name, b)
}

// readLabels reads the labels of the samples in b, which come from another array.
func readLabels[T float32 | float64](a *npzArrays, name, samples string, b *builder[T]) error {
	labels := &builder[float64]{opt: b.opt, label: -1, labelsOnly: true}
	if err := a.read(name, func(member *source) error { return readNPY(member, labels) }); err != nil {
		return err
	}
	if rows := len(b.samples) / b.kept(); len(labels.labels) != rows {
		return fmt.Errorf("its array %s holds %d labels, but %s holds %d rows: one label per row is needed", quote(name), len(labels.labels), quote(samples), rows)
	}
	b.labels, b.labelSource = labels.labels, "array "+quote(name)
	return nil
}

// readNPZLabels reads the array that LabelColumn names, or the only one.
func readNPZLabels(s *source, b *builder[float64]) error {
	arrays, err := openNPZ(s)
	if err != nil {
		return err
	}
	name, err := arrays.choose(b.opt.LabelColumn, "")
	if err != nil {
		return err
	}
	b.opt.LabelColumn = ""
	return arrays.read(name, func(member *source) error { return readNPY(member, b) })
}

// npzArrays are the arrays of an NPZ, which is a zip file of NPY files.
type npzArrays struct {
	source *source
	names  []string // without .npy
	files  []*zip.File
}

func openNPZ(s *source) (*npzArrays, error) {
	at, size := s.at, s.size
	if at == nil {
		whole, err := io.ReadAll(s)
		if err != nil {
			return nil, err
		}
		at, size = bytes.NewReader(whole), int64(len(whole))
	}
	budget := &budgetReader{at, maxZipDirectory}
	archive, err := zip.NewReader(budget, size)
	if errors.Is(err, zip.ErrFormat) {
		return nil, errors.New("it is cut short or not an NPZ: the list of its arrays, which ends the file, is not there")
	}
	if err != nil {
		return nil, err
	}
	budget.left = -1
	arrays := &npzArrays{source: s}
	seen := map[string]bool{}
	for _, f := range archive.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		if seen[name] {
			return nil, fmt.Errorf("two arrays in it are named %s", quote(name))
		}
		seen[name] = true
		arrays.names = append(arrays.names, name)
		arrays.files = append(arrays.files, f)
	}
	if len(arrays.names) == 0 {
		return nil, errors.New("it holds no arrays")
	}
	return arrays, nil
}

// choose returns wanted if there is such an array, and for "" the only one besides
// taken.
func (a *npzArrays) choose(wanted, taken string) (string, error) {
	if wanted != "" {
		if !slices.Contains(a.names, wanted) {
			return "", fmt.Errorf("it holds no array %s; its arrays are %s", quote(wanted), list(a.names))
		}
		return wanted, nil
	}
	rest := slices.DeleteFunc(slices.Clone(a.names), func(name string) bool { return name == taken })
	switch len(rest) {
	case 0:
		return "", fmt.Errorf("it holds no array besides the labels %s", quote(taken))
	case 1:
		return rest[0], nil
	}
	return "", fmt.Errorf("it holds several arrays: say which one to read of %s", list(rest))
}

// read passes the array of that name to f as an NPY file.
func (a *npzArrays) read(name string, f func(*source) error) error {
	file := a.files[slices.Index(a.names, name)]
	opened, err := file.Open()
	if err != nil {
		return fmt.Errorf("array %s: %w", quote(name), err)
	}
	defer opened.Close()
	allowed := a.source.opt.maxBytes()
	member := &source{
		Reader: bufio.NewReaderSize(&limitedReader{opened, allowed, allowed}, 1<<16),
		opt:    a.source.opt,
		size:   -1, // what the zip file states may be wrong
		stored: a.source.stored,
	}
	if err := f(member); err != nil {
		return fmt.Errorf("array %s: %w", quote(name), err)
	}
	return nil
}

// budgetReader fails once more than left bytes were read; with left < 0 it reads on.
type budgetReader struct {
	io.ReaderAt
	left int
}

func (b *budgetReader) ReadAt(p []byte, offset int64) (int, error) {
	if b.left >= 0 {
		if len(p) > b.left {
			return 0, fmt.Errorf("the list of its arrays takes more than %d bytes", maxZipDirectory)
		}
		b.left -= len(p)
	}
	return b.ReaderAt.ReadAt(p, offset)
}
