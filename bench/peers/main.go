// Command peers measures inversion and training against NumPy, PyTorch and JAX
// on the same inputs, interleaved, and writes a table of ratios.
//
//	go run ./bench/peers
//
// The frameworks are those of the Python interpreter that -python names, by
// default $PEERS_PYTHON or python3. What it cannot import is named and left out.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

type options struct {
	python  string
	work    string
	threads string
	rounds  int
	seconds float64
	out     string
}

func main() {
	var o options
	flag.StringVar(&o.python, "python", defaultPython(), "Python interpreter of the peers")
	flag.StringVar(&o.work, "work", ".", "regular expression that selects workloads by name")
	flag.StringVar(&o.threads, "threads", "1,all", "numbers of threads")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds; in each, every side measures every workload once")
	flag.Float64Var(&o.seconds, "seconds", 1, "time that a side measures a workload for in a round")
	flag.StringVar(&o.out, "out", "bench/RESULTS.md", "file whose table of peers is rewritten; empty for none")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "peers: unexpected argument %q; settings are flags, see -help\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func defaultPython() string {
	if p := os.Getenv("PEERS_PYTHON"); p != "" {
		return p
	}
	return "python3"
}

func run(o options) error {
	works, threads, err := o.selected()
	if err != nil {
		return err
	}
	if o.out != "" {
		// A typing error should not cost the minutes that measuring takes.
		if err := checkResults(o.out); err != nil {
			return err
		}
	}
	peers, absent, err := findPeers(o.python)
	if err != nil {
		return err
	}
	defer peers.close()
	for _, a := range absent {
		fmt.Fprintln(os.Stderr, "peers: left out:", a)
	}
	sides := []side{ours{inverse.DirectForm}, ours{inverse.Auto}}
	for _, p := range peers.list {
		sides = append(sides, p)
	}
	r := &results{sides: sides, absent: absent, machine: describeMachine(), rounds: o.rounds, seconds: o.seconds, date: time.Now()}
	duration := time.Duration(o.seconds * float64(time.Second))
	for _, w := range works {
		for _, n := range threads {
			c := measureCase(w, n, sides, o.rounds, duration)
			r.cases = append(r.cases, c)
			fmt.Fprintln(os.Stderr, c.progress(sides))
		}
	}
	fmt.Print(r.markdown())
	if err := r.failed(); err != nil {
		return err
	}
	if o.out == "" {
		return nil
	}
	return writeResults(o.out, r.markdown())
}

// selected reads the flags that choose what is measured.
func (o options) selected() ([]workload, []int, error) {
	if o.rounds < 1 || !(o.seconds > 0) {
		return nil, nil, fmt.Errorf("-rounds %d -seconds %v: both must be positive", o.rounds, o.seconds)
	}
	pattern, err := regexp.Compile(o.work)
	if err != nil {
		return nil, nil, fmt.Errorf("-work: %w", err)
	}
	var works []workload
	var names []string
	for _, w := range workloads() {
		names = append(names, w.Name)
		if pattern.MatchString(w.Name) {
			works = append(works, w)
		}
	}
	if len(works) == 0 {
		return nil, nil, fmt.Errorf("-work %q selects none of %s", o.work, strings.Join(names, ", "))
	}
	threads, err := parseThreads(o.threads)
	return works, threads, err
}

// parseThreads reads a list like "1,all"; what occurs twice is measured once.
func parseThreads(list string) ([]int, error) {
	var threads []int
	seen := map[int]bool{}
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(s)
		if s == "all" {
			n, err = runtime.NumCPU(), nil
		}
		if err != nil || n < 1 || n > runtime.NumCPU() {
			return nil, fmt.Errorf("-threads %q: want a list of all or numbers from 1 to %d", list, runtime.NumCPU())
		}
		if !seen[n] {
			threads = append(threads, n)
		}
		seen[n] = true
	}
	return threads, nil
}
