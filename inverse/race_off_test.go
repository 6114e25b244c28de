//go:build !race

package inverse

const underRace = false
