"""Prints the checksum of every workload, computed by NumPy in float64.

These are the "checksum" entries of workloads.json.
"""

import numpy_peer
import workloads

numpy_peer.load(threads=1)
for entry in workloads.entries():
    work, layout = workloads.Workload(entry), workloads.Rows()
    if work.kind == "forward":
        checksum = work.forward_checksum(numpy_peer.forward(work, layout, "float64")())
    else:
        checksum = workloads.checked_loss(work, numpy_peer.trainer(work, layout, "float64"))
    print(work.name, repr(checksum))
