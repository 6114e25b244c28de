// Command inversenet trains models that read images by running a generator
// backwards, and lets one look at what they learned.
package main

import (
	"os"

	"github.com/inversenet/inversenet/internal/cli"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
