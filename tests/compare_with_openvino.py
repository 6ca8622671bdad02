#!/usr/bin/env python3
"""compare_with_openvino.py MODEL.xml IN.npz OUT.npz [TOLERANCE]: opens an IR in OpenVINO, runs it on the arrays of IN, and compares with OUT,
by the names of inputs and outputs. Prints the greatest relative difference and exits with 1 where it is above TOLERANCE (1e-4)."""
import sys

import numpy as np
import openvino as ov


def main(xml, inputs, outputs, tolerance="1e-4"):
    model = ov.Core().read_model(xml)
    data, wanted = np.load(inputs), np.load(outputs)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "EXECUTION_MODE_HINT": "ACCURACY"})
    results = compiled({port.get_any_name(): data[port.get_any_name()] for port in model.inputs})
    found = {port.get_any_name(): results[i] for i, port in enumerate(compiled.outputs)}
    if sorted(found) != sorted(wanted.files):
        sys.exit(f"outputs differ: {sorted(found)} here, {sorted(wanted.files)} expected")
    worst = 0.0
    for name in found:
        if found[name].shape != wanted[name].shape or found[name].dtype != wanted[name].dtype:
            sys.exit(f"{name}: {found[name].dtype}{found[name].shape} here, {wanted[name].dtype}{wanted[name].shape} expected")
        difference = np.abs(found[name].astype(np.float64) - wanted[name]) / np.maximum(1, np.abs(wanted[name].astype(np.float64)))
        difference = float(difference.max()) if difference.size else 0.0
        worst = max(worst, difference)
        if not difference <= float(tolerance):
            print(f"{name}: {difference:.3g}")
    print(f"greatest difference {worst:.3g}")
    sys.exit(0 if worst <= float(tolerance) else 1)


main(*sys.argv[1:])
