package inverse

import (
	"fmt"
	"reflect"
	"strings"
)

// names are the values of a setting, from 0 on, by name.
type names[S ~int] struct {
	setting string
	list    []string
}

// of is a value's name.
func (n names[S]) of(v S) string {
	if !n.has(v) {
		return fmt.Sprintf("%s %d", n.setting, int(v))
	}
	return n.list[v]
}

func (n names[S]) has(v S) bool { return v >= 0 && int(v) < len(n.list) }

// parse is the inverse of of.
func (n names[S]) parse(name string) (S, error) {
	for i, known := range n.list {
		if known == name {
			return S(i), nil
		}
	}
	return 0, fmt.Errorf("unknown %s %q: allowed are %s", n.setting, name, n.allowed("and"))
}

// check returns an error for a value that is none of the listed ones.
func (n names[S]) check(prefix string, v S) error {
	if n.has(v) {
		return nil
	}
	return fmt.Errorf("%s%s: %d, want %s", prefix, n.setting, int(v), n.allowed("or"))
}

// allowed lists the names, with a word before the last.
func (n names[S]) allowed(before string) string {
	last := len(n.list) - 1
	return strings.Join(n.list[:last], ", ") + " " + before + " " + n.list[last]
}

// refused says that a setting is none of the types it can have.
func refused(setting string, v any, allowed string) error {
	switch {
	case isNil(v):
		return fmt.Errorf("%s: nil, want %s", setting, allowed)
	case reflect.TypeOf(v).Kind() == reflect.Pointer:
		return fmt.Errorf("%s: a pointer, %T: give the value, one of %s", setting, v, allowed)
	default:
		return fmt.Errorf("%s: a %T, want %s", setting, v, allowed)
	}
}

// isNil reports whether v is nil or holds a nil pointer, map, function and so on.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Slice, reflect.Chan, reflect.Interface:
		return r.IsNil()
	default:
		return false
	}
}
