package inverse

import "context"

// halting makes a run end soon when the context does. The function it returns must
// be called when the run is over.
func halting(ctx context.Context, run interface {
	Halt()
	Resume()
}) func() {
	if ctx.Done() == nil {
		return func() {}
	}
	halted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		run.Halt()
		close(halted)
	})
	return func() {
		if !stop() {
			<-halted
		}
		run.Resume()
	}
}
