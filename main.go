// Backfile turns captures of news articles into a permanent, searchable static
// archive. "backfile help" lists the commands; go doc ./build is the map.
package main

import (
	"os"

	"backfile/build/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
