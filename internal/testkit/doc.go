// Package testkit holds what the tests of numerical code share: slices beside
// memory that faults when touched, derivatives by finite differences, and errors
// in units in the last place.
package testkit
