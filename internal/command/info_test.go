package command

import (
	"runtime"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

func TestInfo(t *testing.T) {
	available := kernels.Available()
	r := runProcess(t, "", "info")
	for _, want := range []string{"processor", "panel width", runtime.Version(), available[len(available)-1].String() + ", "} {
		if r.code != exitOK || !strings.Contains(r.out, want) {
			t.Errorf("exit code %d, %q is not in\n%s", r.code, want, r.out)
		}
	}
	for _, isa := range available {
		r := runProcess(t, isa.String(), "info")
		if want := isa.String() + ", as INVERSENET_ISA says"; r.code != exitOK || !strings.Contains(r.out, want) {
			t.Errorf("exit code %d, %q is not in\n%s", r.code, want, r.out)
		}
	}
}

func TestVersion(t *testing.T) {
	if r := succeed(t, "version"); !strings.HasPrefix(r.out, "inversenet ") || !strings.Contains(r.out, runtime.Version()) {
		t.Errorf("said %q", r.out)
	}
}
