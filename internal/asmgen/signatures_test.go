package asmgen

import "testing"

func TestSignatures(t *testing.T) {
	s, err := readSignatures(kernelsFolder)
	if err != nil {
		t.Fatal(err)
	}
	const want = "func(dst *float32, src *float32, c float32, vectors int, step int)"
	if got := s.signature("addScaledFunc", "float32"); got != want {
		t.Errorf("addScaledFunc is %s, want %s", got, want)
	}
	if n := s.number("ProxShrink"); n != 2 {
		t.Errorf("ProxShrink is %d, want 2", n)
	}
	for name, f := range map[string]func(){
		"a missing type":        func() { s.signature("nothingFunc", "float32") },
		"a type for a function": func() { s.signature("Prox", "float32") },
		"a missing constant":    func() { s.number("proxNothing") },
		"a type for a constant": func() { s.number("Prox") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			f()
		})
	}
	if _, err := readSignatures(t.TempDir()); err == nil {
		t.Error("read signatures from an empty folder")
	}
}
