package arrayfile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// maxLabel is the most bytes of a label that is text.
const maxLabel = 200

// texts are labels that are not numbers, each with a number of its own in the
// order in which they came. The zero value is for labels that are numbers.
type texts struct {
	numbers map[string]int
}

// addText takes the next label as text. From the first that is no number on, all
// are text; those before become it.
func (b *builder[T]) addText(text string) error {
	b.skip()
	switch {
	case text == "":
		return errors.New("the label is empty")
	case len(text) > maxLabel:
		return fmt.Errorf("the label %s is longer than %d bytes", quote(text), maxLabel)
	}
	if b.texts.numbers == nil {
		b.texts.numbers = map[string]int{}
		for i, label := range b.labels {
			b.labels[i] = b.texts.number(strconv.Itoa(label))
		}
	}
	k := b.texts.number(text)
	if k >= maxClasses {
		return fmt.Errorf("more than %d different labels: are they labels of classes?", maxClasses)
	}
	b.labels = append(b.labels, k)
	return nil
}

func (t *texts) number(text string) int {
	k, ok := t.numbers[text]
	if !ok {
		k = len(t.numbers)
		t.numbers[text] = k
	}
	return k
}

// sorted are the texts in order, by which it numbers the labels anew; nil where
// labels are numbers.
func (t *texts) sorted(labels []int) []string {
	if t.numbers == nil {
		return nil
	}
	names := slices.Sorted(maps.Keys(t.numbers))
	place := make([]int, len(names))
	for i, name := range names {
		place[t.numbers[name]] = i
	}
	for i, k := range labels {
		labels[i] = place[k]
	}
	return names
}
