// Command inversenet trains models that read images by running a generator
// backwards, and lets one look at what they learned.
package main

import (
	"os"

	"github.com/inversenet/inversenet/internal/command"
)

func main() {
	os.Exit(command.Run(os.Args[1:], command.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
