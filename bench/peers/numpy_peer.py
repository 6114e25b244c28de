"""The inner loop and its hand-written adjoint in NumPy; matmul is its BLAS's gemm."""

import workloads


def load(threads):
    global np
    import numpy as np

    return np.__version__


def forward(work, layout, dtype="float32"):
    w, x, z0 = work.w().astype(dtype), *arranged(layout, dtype, work.x(), work.z0())
    z, r, g = np.empty_like(z0), np.empty_like(x), np.empty_like(z0)

    def run():
        np.copyto(z, z0)
        for _ in range(work.steps):
            descend(work, layout, w, x, z, r, g, out=z)
        return z

    return run


def descend(work, layout, w, target, z, r, g, out):
    """out = z − s·Wᵀ(Wz − target), leaving the residual in r."""
    np.matmul(*layout.factors(w, z), out=r)
    r -= target
    np.matmul(*layout.factors(w.T, r), out=g)
    np.multiply(g, work.step, out=g)
    np.subtract(z, g, out=out)


def trainer(work, layout, dtype="float32"):
    params = [p.astype(dtype) for p in work.parameters()]
    x, z0 = arranged(layout, dtype, work.x(), work.z0())
    labels = work.labels()
    zs = np.empty((work.steps + 1, *z0.shape), dtype)
    rs = np.empty((work.steps, *x.shape), dtype)
    zs[0] = z0
    g = np.empty_like(z0)

    def step(rate):
        target = x - layout.spread(params[1]) if work.linear_head else x
        for n in range(work.steps):
            descend(work, layout, params[0], target, zs[n], rs[n], g, out=zs[n + 1])
            if work.nonneg:
                np.maximum(zs[n + 1], 0, out=zs[n + 1])
        loss, lam, head_grads = outer(work, layout, params, zs[-1], labels)
        grads = adjoint(work, layout, params[0], zs, rs, lam) + head_grads
        for p, grad in zip(params, grads):
            p -= p.dtype.type(rate) * grad
        return loss

    return step


def outer(work, layout, params, z, labels):
    """Loss, its gradient in z, and the gradients in the head's parameters."""
    logits = layout.as_rows(z)
    if work.linear_head:
        logits = logits @ params[2].T + params[3]
    shifted = logits - logits.max(axis=1, keepdims=True)
    exp = np.exp(shifted)
    total = exp.sum(axis=1, keepdims=True)
    samples = np.arange(len(logits))
    loss = np.mean(np.log(total[:, 0]) - shifted[samples, labels])
    d = exp / total
    d[samples, labels] -= 1
    d /= len(logits)
    if not work.linear_head:
        return loss, layout.arrange(d), []
    d_rows, d = d, layout.arrange(d)
    lam = np.matmul(*layout.factors(params[2].T, d))
    return loss, lam, [np.matmul(*layout.outer(d, z)), d_rows.sum(axis=0)]


def adjoint(work, layout, w, zs, rs, lam):
    """Gradients in W and, for a linear head, b."""
    s = w.dtype.type(work.step)
    dw, db = np.zeros_like(w), np.zeros(len(w), w.dtype)
    for n in reversed(range(work.steps)):
        if work.nonneg:
            lam = lam * (zs[n + 1] > 0)
        scaled = s * lam
        u = np.matmul(*layout.factors(w, scaled))
        lam = lam - np.matmul(*layout.factors(w.T, u))
        dw -= np.matmul(*layout.outer(rs[n], scaled)) + np.matmul(*layout.outer(u, zs[n]))
        if work.linear_head:
            db -= u.sum(axis=layout.over_samples())
    return [dw, db] if work.linear_head else [dw]


def arranged(layout, dtype, *arrays):
    return [layout.arrange(a.astype(dtype)) for a in arrays]


if __name__ == "__main__":
    workloads.main("numpy", load, forward, trainer)
