"""The contents of both test files."""

import numpy as np

arrays = {
    "dictionary": np.array([[0.25, -1.5, 3.0], [1e-45, -0.0, 16777216.0]], dtype=np.float32),
    "bias": np.array([0.1, -2.5e300], dtype=np.float64),
    "seed": np.array(-5, dtype=np.int64),
    "labels": np.array([7, -1, 2147483647], dtype=np.int32),
    "none": np.zeros((0, 3), dtype=np.float32),
}
metadata = {"format_version": "1", "note": 'quotes " < é and\nlines'}
