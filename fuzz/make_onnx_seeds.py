"""Seeds of fuzz_onnx: one model a family of operators out of the cases that the importer's tests have.

    python make_onnx_seeds.py

Needs NumPy.
"""
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEEDS = {"convolution": "Conv", "transposed": "ConvTranspose_groups", "pool": "MaxPool_ceil", "resize": "Resize_not_larger", "slice": "Slice_backward",
         "split": "Split_18_uneven", "top_k": "TopK", "gather": "GatherND_batch", "scatter": "ScatterND", "einsum": "Einsum_reduced", "gemm": "Gemm",
         "norms": "GroupNormalization_21", "softmax": "Softmax_flattened", "shape": "Reshape_computed", "branch": "If_known", "function": "Function",
         "qdq": "Conv_QDQ", "qoperator": "QLinearConv", "concat": "QLinearConcat", "dynamic": "DynamicQuantizeLinear", "grid": "GridSample_bicubic_reflection",
         "pad": "Pad_negative", "reduce": "ReduceMax_input", "constants": "Constant_forms", "old_resize": "Upsample_7"}

cases = np.load(HERE.parent / "src/importers/onnx/testdata/operator_cases.npz")
for seed, case in SEEDS.items():
    (HERE / "corpus/fuzz_onnx" / seed).write_bytes(cases[f"{case}/model"].tobytes())
