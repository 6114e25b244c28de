//go:build race

package arrayfile

// raceDetector says that allocations cannot be counted: the detector turns off
// optimizations that save some.
const raceDetector = true
