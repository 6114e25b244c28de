package main

import (
	"errors"
	"math"
	"sync"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

// score is what a cross-validation finds, accuracies in percent.
type score struct {
	mean    float64   // over seeds and folds
	seeds   []float64 // of each seed, over folds
	folds   []float64 // of each fold, over seeds
	elapsed time.Duration
}

// spread is the standard deviation over seeds, NaN for one.
func (s score) spread() float64 {
	sum := 0.0
	for _, v := range s.seeds {
		sum += (v - s.mean) * (v - s.mean)
	}
	return math.Sqrt(sum / float64(len(s.seeds)-1))
}

// crossValidate trains for each seed and fold on the other folds. Trainings run
// o.jobs at a time; only the measured time depends on that.
func crossValidate(s settings, d inverse.Data[float32], o options) (score, error) {
	type outcome struct {
		right   int
		elapsed time.Duration
		err     error
	}
	outcomes := make([]outcome, o.seeds*o.folds)
	jobs := make(chan int)
	var workers sync.WaitGroup
	for range o.jobs {
		workers.Go(func() {
			for i := range jobs {
				r := &outcomes[i]
				others, left := split(d, i%o.folds, o.folds)
				var m *inverse.Model[float32]
				if m, r.elapsed, r.err = s.train(others, uint64(i/o.folds), o.threads, nil); r.err == nil {
					r.right, r.err = right(m, left, o.threads)
				}
			}
		})
	}
	for i := range outcomes {
		jobs <- i
	}
	close(jobs)
	workers.Wait()

	total := score{seeds: make([]float64, o.seeds), folds: make([]float64, o.folds)}
	var errs error
	for i, r := range outcomes {
		seed, fold := i/o.folds, i%o.folds
		rows := (fold+1)*trainRows/o.folds - fold*trainRows/o.folds
		total.mean += 100 * float64(r.right) / float64(o.seeds*trainRows)
		total.seeds[seed] += 100 * float64(r.right) / trainRows
		total.folds[fold] += 100 * float64(r.right) / float64(o.seeds*rows)
		total.elapsed += r.elapsed / time.Duration(len(outcomes))
		errs = errors.Join(errs, r.err)
	}
	return total, errs
}

// nearest is the score of the nearest training image, to compare with.
func nearest(d inverse.Data[float32], folds int) score {
	s := score{folds: make([]float64, folds)}
	for f := range folds {
		others, left := split(d, f, folds)
		hits := 0
		for i := range left.X.Rows {
			best, least := 0, math.Inf(1)
			for j := range others.X.Rows {
				if v := distance(left.X.Row(i), others.X.Row(j)); v < least {
					best, least = j, v
				}
			}
			if others.Labels[best] == left.Labels[i] {
				hits++
			}
		}
		s.folds[f] = 100 * float64(hits) / float64(left.X.Rows)
		s.mean += 100 * float64(hits) / trainRows
	}
	return s
}

func distance(a, b []float32) (sum float64) {
	for i, v := range a {
		e := float64(v - b[i])
		sum += e * e
	}
	return sum
}
