//go:build !race

package arrayfile

const raceDetector = false
