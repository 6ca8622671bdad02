#!/usr/bin/env python3
"""compare_with_onnxruntime.py FOLDER TOLERANCE: runs each NAME.onnx of FOLDER in ONNX Runtime on the arrays of NAME.in.npz, as it stands, and
compares with NAME.out.npz, by the names of inputs and outputs. Prints what differs by more than TOLERANCE (relative above 1) and exits with 1
if anything does. The optimized model is run as well, but not compared: without VNNI its integer kernels saturate."""
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort


def session(path, level):
    options = ort.SessionOptions()
    options.graph_optimization_level = level
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def complaints(path, tolerance):
    data, wanted = np.load(path.with_suffix(".in.npz")), np.load(path.with_suffix(".out.npz"))
    optimized = session(path, ort.GraphOptimizationLevel.ORT_ENABLE_ALL)
    optimized.run(None, {entry.name: data[entry.name] for entry in optimized.get_inputs()})
    model = session(path, ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
    names = [output.name for output in model.get_outputs()]
    found = dict(zip(names, model.run(None, {entry.name: data[entry.name] for entry in model.get_inputs()})))
    if sorted(found) != sorted(wanted.files):
        return [f"outputs {sorted(found)}, expected {sorted(wanted.files)}"]
    result = []
    for name, values in found.items():
        expected = wanted[name]
        if values.shape != expected.shape or values.dtype != expected.dtype:
            result.append(f"{name}: {values.dtype}{values.shape}, expected {expected.dtype}{expected.shape}")
            continue
        difference = np.abs(values.astype(np.float64) - expected) / np.maximum(1, np.abs(expected.astype(np.float64)))
        if not (difference <= tolerance).all():
            result.append(f"{name}: differs by {difference.max():.3g}")
    return result


def main(folder, tolerance):
    models = sorted(Path(folder).glob("*.onnx"))
    failed = False
    for path in models:
        for complaint in complaints(path, float(tolerance)):
            failed = True
            print(f"{path.name}: {complaint}")
    print(f"{len(models)} models")
    sys.exit(1 if failed or not models else 0)


main(*sys.argv[1:])
