//go:build amd64 && !purego

package kernels

import (
	"fmt"
	"reflect"
	"testing"
)

// TestOverlaysAreComplete: an instruction set has a kernel for every field of a table,
// with a tile for every number of rows, also where this machine lacks it.
func TestOverlaysAreComplete(t *testing.T) {
	checkOverlay(t, "AVX2", overlayF32AVX2)
	checkOverlay(t, "AVX2", overlayF64AVX2)
	checkOverlay(t, "AVX-512", overlayF32AVX512)
	checkOverlay(t, "AVX-512", overlayF64AVX512)
}

func checkOverlay[T Float](t *testing.T, isa string, overlay func(*Table[T])) {
	table := &Table[T]{}
	overlay(table)
	fields := reflect.ValueOf(table).Elem()
	for i := range fields.NumField() {
		if name := fields.Type().Field(i).Name; name != "isa" {
			for _, gap := range gaps(name, fields.Field(i), table.tile) {
				t.Errorf("%s, %T: there is no %s", isa, T(0), gap)
			}
		}
	}
}

// gaps lists what is zero in a field. Products and outer products have tiles of 1 … tile
// rows.
func gaps(name string, field reflect.Value, tile int) []string {
	if field.Kind() != reflect.Array {
		if field.IsZero() {
			return []string{name}
		}
		return nil
	}
	var all []string
	for i := range field.Len() {
		if field.Len() == maxTile+1 && (i == 0 || i > tile) {
			continue
		}
		all = append(all, gaps(fmt.Sprintf("%s[%d]", name, i), field.Index(i), tile)...)
	}
	return all
}
