"""The inner loop in PyTorch, eager, differentiated by autograd."""

import workloads


def load(threads):
    global torch
    import torch

    torch.set_num_threads(threads)
    return torch.__version__


def forward(work, layout):
    w, x, z0 = tensors(work.w(), layout.arrange(work.x()), layout.arrange(work.z0()))
    r, z = torch.empty_like(x), torch.empty_like(z0)

    @torch.no_grad()
    def run():
        z.copy_(z0)
        for _ in range(work.steps):
            torch.addmm(x, *layout.factors(w, z), beta=-1, out=r)
            z.addmm_(*layout.factors(w.T, r), alpha=-work.step)
        return z

    return run


def trainer(work, layout):
    params = tensors(*work.parameters())
    for p in params:
        p.requires_grad_()
    x, z0, labels = tensors(layout.arrange(work.x()), layout.arrange(work.z0()), work.labels())

    def step(rate):
        w = params[0]
        target = x - layout.spread(params[1]) if work.linear_head else x
        z = z0
        for _ in range(work.steps):
            r = torch.addmm(target, *layout.factors(w, z), beta=-1)
            z = torch.addmm(z, *layout.factors(w.T, r), alpha=-work.step)
            if work.nonneg:
                z = torch.relu(z)
        logits = layout.as_rows(z)
        if work.linear_head:
            logits = torch.addmm(params[3], logits, params[2].T)
        loss = torch.nn.functional.cross_entropy(logits, labels)
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, grad in zip(params, grads):
                p.sub_(grad, alpha=rate)
        return loss.detach()

    return step


def tensors(*arrays):
    return [torch.from_numpy(a) for a in arrays]


if __name__ == "__main__":
    workloads.main("torch", load, forward, trainer)
