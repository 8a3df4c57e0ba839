"""What random networks do: literal networks, sampled and measured; knows no formula of `theory`.

>>> from simulate import Setup, run
>>> setup = Setup(widths=(3, 3), weights="gaussian", gain=2.0, activation="relu")
>>> samples = run("unit_moments", setup, replicates=64, seed=1)
>>> samples["mean_sq"].shape
(64,)
"""

from simulate.registry import Experiment, experiment, run, run_blocks
from simulate.registry import experiments as all_experiments  # simulate.experiments is a package
from simulate.samples import Samples
from simulate.setup import Setup, SetupError

__all__ = [
    "Experiment",
    "Samples",
    "Setup",
    "SetupError",
    "all_experiments",
    "experiment",
    "run",
    "run_blocks",
]
