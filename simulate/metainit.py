"""MetaInit: the norms of drawn weight matrices are learned; their directions stay as drawn.

Dauphin and Schoenholz (2019). On N(0, I) inputs with uniform random labels, with cross-entropy L,
gradient g and Hessian H of one network, the gradient quotient is the mean over its parameters of
|(g - Hg)/(g + eps sign g) - 1|, sign 0 = 1. Signed gradient descent with momentum on the norm
of each matrix makes it small. Biases are zero and stay so; they are parameters, and what the
gradient does to them counts: without them the learned norms are others altogether.
"""

from __future__ import annotations

import torch
from torch import Tensor

from simulate import activations
from simulate.seeds import Stream
from simulate.setup import Setup

BATCH = 32
EPS = 1e-5
MOMENTUM = 0.9
RATE = 0.1


def tuned(setup: Setup, stream: Stream, drawn: list[Tensor]) -> list[Tensor]:
    """(R, n_l, n_{l-1}) matrices of all layers -> the same, with the norms of `tuning` steps.

    One matrix is W = norm direction; a step is m <- 0.9 m - 0.1 sign d GQ/d norm, norm <- norm + m,
    with fresh inputs and labels. Networks are independent: one backward pass serves all of them.
    """
    with torch.inference_mode(False), torch.enable_grad():
        matrices = [w.clone() for w in drawn]
        momenta = [torch.zeros_like(w[:, :1, :1]) for w in matrices]
        for _ in range(setup.tuning):
            x = stream.normal(len(matrices[0]), setup.widths[0], BATCH)
            labels = (stream.uniform(len(x), BATCH) * setup.widths[-1]).long()
            leaves = [w.requires_grad_() for w in matrices]
            total = gradient_quotient(setup, leaves, x.clone(), labels.clone()).sum()
            slopes = torch.autograd.grad(total, leaves)
            with torch.no_grad():
                for i, (w, slope) in enumerate(zip(leaves, slopes, strict=True)):
                    norm = torch.linalg.matrix_norm(w, keepdim=True)
                    along = torch.sign((w * slope).sum((1, 2), keepdim=True))
                    momenta[i] = MOMENTUM * momenta[i] - RATE * along
                    matrices[i] = (w * (1 + momenta[i] / norm)).detach()
    return matrices


def gradient_quotient(setup: Setup, weights: list[Tensor], x: Tensor, labels: Tensor) -> Tensor:
    """(R,) mean over weights and biases of |(g - Hg)/(g + eps sign g) - 1|; differentiable.

    x: (R, n_0, B) inputs, labels: (R, B) whole numbers below n_L. The loss is the mean over the
    inputs of the cross-entropy of softmax(h_L). Every unit has a bias of value 0.
    """
    biases = [torch.zeros_like(w[:, :, :1]).requires_grad_() for w in weights]
    h = activations.apply(setup, x) if setup.activate_input else x
    for layer, (w, bias) in enumerate(zip(weights, biases, strict=True)):
        h = torch.baddbmm(bias, w, activations.apply(setup, h) if layer else h)
    chosen = torch.gather(h, 1, labels.unsqueeze(1)).squeeze(1)
    loss = (torch.logsumexp(h, 1) - chosen).mean(1).sum()
    parameters = [*weights, *biases]
    g = torch.autograd.grad(loss, parameters, create_graph=True)
    half = sum((v.square().sum() for v in g), torch.zeros_like(loss)) / 2
    curved = torch.autograd.grad(half, parameters, create_graph=True)  # H g
    total, count = torch.zeros_like(x[:, 0, 0]), 0
    for v, hv in zip(g, curved, strict=True):
        sign = torch.where(v >= 0, 1.0, -1.0)
        total = total + ((v - hv) / (v + EPS * sign) - 1).abs().sum((1, 2))
        count += v[0].numel()
    return total / count
