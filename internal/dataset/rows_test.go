package dataset

import "testing"

func TestRange(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to int // of 100 rows
		ok       bool
	}{
		{"0:100", 0, 100, true},
		{"10:11", 10, 11, true},
		{":", 0, 100, true},
		{"0:5", 0, 5, true},
		{"95:", 95, 100, true},
		{"none", 0, 0, true},
		{"", 0, 0, false},
		{"5", 0, 0, false},
		{"-5:5", 0, 0, false},
		{"5:4", 0, 0, false},
		{"0:101", 0, 0, false},
		{"100:", 0, 0, false},
		{"a:b", 0, 0, false},
		{"1:2:3", 0, 0, false},
		{"0:99999999999999999999", 0, 0, false},
	} {
		var r Range
		err := r.Set(c.text)
		var from, to int
		if err == nil {
			if c.ok && r.String() != c.text {
				t.Errorf("%q is written as %q", c.text, r)
			}
			from, to, err = r.Of("rows", 100)
		}
		if from != c.from || to != c.to || (err == nil) != c.ok {
			t.Errorf("%q is %d:%d, %v, want %d:%d", c.text, from, to, err, c.from, c.to)
		}
	}
}

func TestRangeFromTheStart(t *testing.T) {
	var r Range
	if err := r.Set(":5"); err != nil || r != (Range{From: 0, To: 5}) {
		t.Errorf(":5 is %v, %v", r, err)
	}
}
