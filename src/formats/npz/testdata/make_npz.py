#!/usr/bin/env python3
"""Writes the archives that npz_test.cc reads, as NumPy writes them: python3 make_npz.py"""
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ramp = np.arange(24).reshape(2, 3, 4)
arrays = {str(np.dtype(kind)): ramp.astype(kind) for kind in ("f2", "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8")}
arrays["bool"] = ramp % 3 == 0
arrays["scalar"] = np.float32(2.5)
arrays["empty"] = np.zeros((0, 3), np.int64)
arrays["fortran"] = np.asfortranarray(ramp.astype("f4"))
np.savez(os.path.join(HERE, "stored.npz"), **arrays)
np.savez_compressed(os.path.join(HERE, "deflated.npz"), **arrays)
np.savez(os.path.join(HERE, "big_endian.npz"), x=ramp.astype(">f4"))
np.savez(os.path.join(HERE, "objects.npz"), x=np.array([None, 1], dtype=object))
np.savez(os.path.join(HERE, "mixed.npz"), text=np.array(["a", "bc"]), objects=np.array([{1: 2}], dtype=object), y=np.arange(24, dtype=np.float32).reshape(2, 3, 4))
np.save(os.path.join(HERE, "single.npy"), ramp.astype("f4"))
