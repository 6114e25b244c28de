"""The inner loop in JAX, compiled by jit, differentiated by grad through lax.scan.

XLA on the CPU sizes its thread pool by the processors that the process may run
on, and has no dependable setting besides; for fewer threads than processors the
process is bound to that many before JAX is loaded.
"""

import os

import workloads


def load(threads):
    global jax, jnp
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp

    return jax.__version__


def inner(work, layout, w, target, z):
    def descend(z, _):
        r = jnp.matmul(*layout.factors(w, z)) - target
        z = z - work.step * jnp.matmul(*layout.factors(w.T, r))
        return (jax.nn.relu(z) if work.nonneg else z), None

    return jax.lax.scan(descend, z, length=work.steps)[0]


def forward(work, layout):
    w, x, z0 = arrays(work.w(), layout.arrange(work.x()), layout.arrange(work.z0()))
    invert = jax.jit(lambda w, x, z0: inner(work, layout, w, x, z0))
    return lambda: invert(w, x, z0).block_until_ready()


def trainer(work, layout):
    params = arrays(*work.parameters())
    x, z0, labels = arrays(layout.arrange(work.x()), layout.arrange(work.z0()), work.labels())

    def loss_of(params, x, z0, labels):
        target = x - layout.spread(params[1]) if work.linear_head else x
        logits = layout.as_rows(inner(work, layout, params[0], target, z0))
        if work.linear_head:
            logits = logits @ params[2].T + params[3]
        log_p = jax.nn.log_softmax(logits)
        return -jnp.mean(jnp.take_along_axis(log_p, labels[:, None], axis=1))

    @jax.jit
    def update(params, rate, x, z0, labels):
        loss, grads = jax.value_and_grad(loss_of)(params, x, z0, labels)
        return loss, [p - rate * g for p, g in zip(params, grads)]

    def step(rate):
        nonlocal params
        loss, params = update(params, rate, x, z0, labels)
        jax.block_until_ready(params)
        return loss

    return step


def arrays(*numpy_arrays):
    return [jnp.asarray(a) for a in numpy_arrays]


if __name__ == "__main__":
    workloads.main("jax", load, forward, trainer)
