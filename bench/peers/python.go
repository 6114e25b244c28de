package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// programs holds what the Python peers need, so that the command works wherever
// it is started.
//
//go:embed workloads.json *.py
var programs embed.FS

// absentStatus is the exit status of a program whose framework is not installed.
const absentStatus = 3

// patience is what a program may need besides measuring: for loading, inputs,
// compiling and the checked steps.
const patience = 5 * time.Minute

var peerPrograms = []struct{ name, file string }{
	{"NumPy", "numpy_peer.py"},
	{"PyTorch", "torch_peer.py"},
	{"JAX", "jax_peer.py"},
}

// peers are the Python programs that can run.
type peers struct {
	dir  string
	list []*peer
}

func (p *peers) close() { os.RemoveAll(p.dir) }

// peer is a Python program as a side.
type peer struct{ python, path, name, version string }

// report is what a program prints.
type report struct {
	Version  string  `json:"version"`
	Work     string  `json:"work"`
	Threads  int     `json:"threads"`
	Layout   string  `json:"layout"`
	Seconds  float64 `json:"median_seconds"`
	Runs     int     `json:"runs"`
	Checksum float64 `json:"checksum"`
}

// findPeers asks every program for its version, and returns those that answer
// and a sentence for each that lacks its framework.
func findPeers(python string) (*peers, []string, error) {
	dir, err := os.MkdirTemp("", "peers")
	if err != nil {
		return nil, nil, err
	}
	p := &peers{dir: dir}
	absent, err := p.find(python)
	if err != nil {
		p.close()
		return nil, nil, err
	}
	return p, absent, nil
}

func (p *peers) find(python string) (absent []string, err error) {
	if err := os.CopyFS(p.dir, programs); err != nil {
		return nil, err
	}
	if _, err := exec.LookPath(python); err != nil {
		for _, program := range peerPrograms {
			absent = append(absent, fmt.Sprintf("%s (no Python: %v)", program.name, err))
		}
		return absent, nil
	}
	for _, program := range peerPrograms {
		c := &peer{python: python, path: filepath.Join(p.dir, program.file), name: program.name}
		r, err := c.run(0)
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.ExitCode() == absentStatus:
			absent = append(absent, fmt.Sprintf("%s (not installed for %s)", program.name, python))
		case err != nil:
			return nil, err
		default:
			c.version = r.Version
			p.list = append(p.list, c)
		}
	}
	return absent, nil
}

func (p *peer) Name() string { return p.name }

func (p *peer) Measure(w workload, threads int, d time.Duration) (measurement, error) {
	r, err := p.run(d, "--work", w.Name, "--threads", strconv.Itoa(threads),
		"--seconds", strconv.FormatFloat(d.Seconds(), 'g', -1, 64))
	if err != nil {
		return measurement{}, err
	}
	if r.Work != w.Name || r.Threads != threads || !(r.Seconds > 0) {
		return measurement{}, fmt.Errorf("%s: asked for %s on %d threads, got %+v", p.name, w.Name, threads, r)
	}
	m := measurement{Seconds: r.Seconds, Runs: r.Runs, Checksum: r.Checksum}
	if r.Layout != "rows" {
		m.Variant = r.Layout
	}
	return m, nil
}

func (p *peer) run(d time.Duration, args ...string) (report, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d+patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.python, append([]string{p.path}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return report{}, fmt.Errorf("%s %s: %w: %s", p.name, strings.Join(args, " "), err, lastLine(stderr.String()))
	}
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		return report{}, fmt.Errorf("%s %s: %w in %q", p.name, strings.Join(args, " "), err, stdout.String())
	}
	return r, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
