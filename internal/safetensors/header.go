package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// entry is an array as the header describes it, still without numbers, and the
// bytes it has, counted from the end of the header.
type entry struct {
	array      Array
	begin, end int64
}

// parseHeader reads the JSON token by token: unlike json.Unmarshal it sees
// names that are used twice, and never builds more than the format allows.
func parseHeader(header []byte) ([]entry, map[string]string, error) {
	if !utf8.Valid(header) {
		return nil, nil, errors.New("it is not UTF-8")
	}
	p := parser{json.NewDecoder(bytes.NewReader(header))}
	p.UseNumber()
	metadata := map[string]string{}
	var entries []entry
	err := p.object(func(name string) error {
		if name == metadataKey {
			return p.object(func(key string) error {
				value, err := p.text()
				if err != nil {
					return fmt.Errorf("the metadata %q: %w", key, err)
				}
				metadata[key] = value
				return nil
			})
		}
		e, err := p.entry(name)
		if err != nil {
			return fmt.Errorf("the array %q: %w", name, err)
		}
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.Token(); err != io.EOF {
		return nil, nil, errors.New("something follows the closing brace")
	}
	return entries, metadata, nil
}

type parser struct{ *json.Decoder }

func (p parser) entry(name string) (entry, error) {
	e := entry{array: Array{Name: name}}
	seen := 0
	err := p.object(func(key string) (err error) {
		seen++
		switch key {
		case "dtype":
			e.array.DType, err = p.text()
		case "shape":
			e.array.Shape, err = p.shape()
		case "data_offsets":
			e.begin, e.end, err = p.offsets()
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		return err
	})
	if err == nil && seen != 3 {
		err = errors.New("it needs dtype, shape and data_offsets")
	}
	return e, err
}

func (p parser) shape() ([]int, error) {
	if err := p.open('['); err != nil {
		return nil, err
	}
	shape := []int{}
	for p.More() {
		if len(shape) == maxRank {
			return nil, fmt.Errorf("it has more than %d dimensions", maxRank)
		}
		n, err := p.count()
		if err != nil {
			return nil, fmt.Errorf("in its shape: %w", err)
		}
		if int64(int(n)) != n {
			return nil, fmt.Errorf("the extent %d in its shape is too large for this machine", n)
		}
		shape = append(shape, int(n))
	}
	_, err := p.token()
	return shape, err
}

func (p parser) offsets() (begin, end int64, err error) {
	if err := p.open('['); err != nil {
		return 0, 0, err
	}
	if begin, err = p.count(); err == nil {
		end, err = p.count()
	}
	if err != nil {
		return 0, 0, fmt.Errorf("in its data_offsets: %w", err)
	}
	if p.More() {
		return 0, 0, errors.New("it has more than two data_offsets")
	}
	_, err = p.token()
	return begin, end, err
}

// object calls member for each key, with the value being what is read next.
func (p parser) object(member func(key string) error) error {
	if err := p.open('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.More() {
		key, err := p.text()
		if err != nil {
			return err
		}
		if len(key) > maxName {
			return fmt.Errorf("a name has %d bytes; at most %d are allowed", len(key), maxName)
		}
		if seen[key] {
			return fmt.Errorf("the name %q is used twice", key)
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := p.token()
	return err
}

func (p parser) open(bracket json.Delim) error {
	token, err := p.token()
	if err == nil && token != bracket {
		err = fmt.Errorf("%s stands where %q should open", quoted(token), bracket.String())
	}
	return err
}

func (p parser) text() (string, error) {
	token, err := p.token()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%s stands where a string should", quoted(token))
	}
	return s, nil
}

// count reads a whole number from 0.
func (p parser) count() (int64, error) {
	token, err := p.token()
	if err != nil {
		return 0, err
	}
	number, ok := token.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%s stands where a whole number should", quoted(token))
	}
	n, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s stands where a whole number from 0 to 2^63-1 should", quoted(token))
	}
	return n, nil
}

func (p parser) token() (json.Token, error) {
	token, err := p.Token()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, errors.New("the JSON ends too early")
	}
	return token, err
}

// quoted shows a token in an error, cut to a length that fits a line.
func quoted(token json.Token) string {
	text := fmt.Sprint(token)
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return strconv.Quote(text)
}
