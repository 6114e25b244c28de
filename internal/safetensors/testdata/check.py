"""Compares ours.safetensors with values.py, to the bit."""

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

from values import arrays, metadata

loaded = load_file("ours.safetensors")
assert loaded.keys() == arrays.keys(), loaded.keys()
for name, want in arrays.items():
    got = loaded[name]
    assert (got.dtype, got.shape) == (want.dtype, want.shape), name
    assert got.tobytes() == want.tobytes(), name
with safe_open("ours.safetensors", framework="np") as f:
    assert f.metadata() == metadata, f.metadata()
print("ours.safetensors holds the expected arrays and metadata")
