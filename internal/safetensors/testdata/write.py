"""Writes python.safetensors."""

import numpy as np
from safetensors.numpy import save_file

from values import arrays, metadata

save_file(arrays, "python.safetensors", metadata=metadata)
