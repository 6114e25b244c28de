//go:build race

package inverse

// underRace: the race detector makes plain Go ten times slower, and sees nothing
// more in one instruction set than in another.
const underRace = true
