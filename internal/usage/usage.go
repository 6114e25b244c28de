// Package usage marks errors in what was asked for: settings, names, ranges, all
// known before any work, as opposed to files that cannot be read or trainings
// that diverge. The command ends with another exit code for them.
package usage

import (
	"errors"
	"fmt"
)

type mistake struct{ error }

func (m mistake) Unwrap() error { return m.error }

// Errorf is fmt.Errorf for a mistake in what was asked for.
func Errorf(format string, args ...any) error { return mistake{fmt.Errorf(format, args...)} }

// Error marks err, which must not be nil, as such a mistake.
func Error(err error) error { return mistake{err} }

// Is reports whether err is a mistake in what was asked for, or wraps one.
func Is(err error) bool {
	var m mistake
	return errors.As(err, &m)
}
