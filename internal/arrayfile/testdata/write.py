"""Writes the test files with NumPy 2.4.6: python write.py, in this folder."""

import gzip
import numpy as np

values = np.array([[1, 2, 3], [4, 5, 6]])

for descr in ["|u1", "|i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8", ">u8",
              "<i8", ">i8", "<f4", ">f4", "<f8", ">f8"]:
    order = {"<": "little", ">": "big", "|": "byte"}[descr[0]]
    np.save(f"{descr[1:]}_{order}.npy", values.astype(descr))
np.save("bool.npy", values > 3)
np.save("fortran.npy", np.asfortranarray(values.astype("<f8")))
np.save("cube.npy", np.arange(24, dtype="<i2").reshape(2, 3, 4))
np.save("cube_fortran.npy", np.asfortranarray(np.arange(24, dtype="<i2").reshape(2, 3, 4)))
np.save("labels.npy", np.array([7, 0], dtype="<i8"))
np.save("scalar.npy", np.array(2.5))
np.save("empty.npy", np.zeros((0, 3)))
np.save("objects.npy", np.array([[1, "a"]], dtype=object), allow_pickle=True)
np.save("record.npy", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]))
np.save("half.npy", values.astype("<f2"))
np.save("complex.npy", values.astype("<c16"))
np.save("nan.npy", np.array([[1, 2], [3, np.nan]]))
with open("version2.npy", "wb") as f:
    np.lib.format.write_array(f, values.astype("<f8"), version=(2, 0))
with open("version3.npy", "wb") as f:
    np.lib.format.write_array(f, values.astype("<f8"), version=(3, 0))
np.savez("samples.npz", x=values.astype("<f4"), y=np.array([7, 0]))
np.savez_compressed("compressed.npz", values)
np.savetxt("savetxt.csv", values, header="three columns")
with gzip.GzipFile("labels.npy.gz", "wb", mtime=0) as f:
    np.save(f, np.array([7, 0]))

# What WriteNPY is compared with.
np.save("want_f4.npy", np.array([[0.5, -1.25, 3e-45], [np.inf, 2, 1e20]], dtype="<f4"))
np.save("want_i8.npy", np.array([1, -2, 3]))
np.save("want_u1.npy", np.zeros((2, 0, 3), dtype="u1"))
np.save("want_scalar.npy", np.array(2.5))
np.save("want_i4.npy", np.array([[0], [1], [2]], dtype="<i4"))
np.save("want_aligned.npy", np.ones((2, 3) + 13 * (1,), dtype="<f4"))
np.savez("want.npz", labels=np.array([7, 0]), probabilities=np.array([[0.25, 0.75], [1, 0]]))
