package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/inversenet/inversenet/kernels"
)

// machine is what the measurements were made on.
type machine struct {
	cpu    string
	cores  int
	system string
	isa    kernels.ISA
	peak   float64 // float32 operations a second of a core, 0 where unknown
}

func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %s, %s, kernels %v", m.cpu, m.cores, m.system, runtime.Version(), m.isa)
}

func describeMachine() machine {
	isa, _ := kernels.Active()
	return machine{cpu: cpuModel(), cores: runtime.NumCPU(), system: runtime.GOOS + "/" + runtime.GOARCH, isa: isa, peak: peak()}
}

// cpuModel is the processor's name where Linux tells it, with the numbers that
// identify it where a virtual machine shortens the name.
func cpuModel() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	fields := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan() && s.Text() != ""; {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok {
			fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if fields["model name"] == "" {
		return "unknown processor"
	}
	return fmt.Sprintf("%s (family %s, model %s)", fields["model name"], fields["cpu family"], fields["model"])
}

// peak times multiply-adds on registers: the median of some short runs.
func peak() float64 {
	t := kernels.Default[float32]()
	var rates []float64
	for range 51 {
		var flops float64
		start := time.Now()
		for time.Since(start) < 2*time.Millisecond {
			flops += t.PeakFlops(1000)
		}
		rates = append(rates, flops/time.Since(start).Seconds())
	}
	return median(rates)
}
