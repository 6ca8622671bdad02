"""Small ONNX models, one for each operator and form, and what ONNX Runtime computes of them: operator_cases.npz.

    python make_operator_cases.py

Needs onnx, onnxruntime and NumPy. Arrays of a case: NAME/model (bytes of the file), NAME/x (its picture), NAME/0, NAME/1, ... (outputs).
"""
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ARRAYS = {}
RANDOM = np.random.default_rng(19)
PICTURE = [1, 3, 6, 8]


def node(op, inputs, outputs, domain="", **attributes):
    return helper.make_node(op, inputs.split(",") if isinstance(inputs, str) else inputs, outputs.split(","), domain=domain, **attributes)


def integers(*values):
    return np.array(values, np.int64)


def floats(*shape):
    return RANDOM.standard_normal(shape).astype(np.float32)


def model_of(nodes, constants, outputs, opset, shape, functions=()):
    graph = helper.make_graph(nodes, "case", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_empty_tensor_value_info(name) for name in outputs],
                              [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    sets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)] + ([helper.make_opsetid("local", 1)] if functions else [])
    return helper.make_model(graph, opset_imports=sets, ir_version=8, functions=list(functions))


def case(name, nodes, constants=None, outputs="y", opset=17, shape=None, data=None, functions=(), exact=False):
    shape = shape or PICTURE
    model = model_of(nodes, constants or {}, outputs.split(","), opset, shape, functions)
    data = floats(*shape) if data is None else data
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if exact:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    results = onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, {"x": data})
    ARRAYS[f"{name}/model"] = np.frombuffer(model.SerializeToString(), np.uint8)
    ARRAYS[f"{name}/x"] = data
    for i, result in enumerate(results):
        ARRAYS[f"{name}/{i}"] = result


def elementwise():
    for op in ("Abs", "Ceil", "Cos", "Elu", "Erf", "Exp", "Floor", "HardSigmoid", "LeakyRelu", "Neg", "Relu", "Round", "Selu", "Sigmoid", "Sign",
               "Sin", "Softplus", "Softsign", "Tanh", "Celu", "Reciprocal", "HardSwish", "Identity", "IsNaN"):
        case(op, [node(op, "x", "y")])
    for op, opset in (("Mish", 18), ("Gelu", 20)):
        case(op, [node(op, "x", "y")], opset=opset)
    case("Gelu_tanh", [node("Gelu", "x", "y", approximate="tanh")], opset=20)
    case("Gelu_microsoft", [node("Gelu", "x", "y", domain="com.microsoft")])
    case("QuickGelu", [node("QuickGelu", "x", "y", domain="com.microsoft")])
    case("Celu_alpha", [node("Celu", "x", "y", alpha=0.5)])
    case("HardSigmoid_alpha", [node("HardSigmoid", "x", "y", alpha=0.1666667, beta=0.5)])
    case("Sqrt_Log", [node("Abs", "x", "a"), node("Sqrt", "a", "s"), node("Log", "a", "l"), node("Add", "s,l", "y")])
    for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"):
        base = [node("Abs", "x", "a")] if op == "Pow" else [node("Identity", "x", "a")]
        case(op, base + [node(op, "a,c", "y")], {"c": floats(3, 1, 8) + 3})
    case("Mean_Sum", [node("Mean", "x,c,c", "m"), node("Sum", "x,m,c", "y")], {"c": floats(3, 1, 1)})
    case("Pow_integer_exponent", [node("Pow", "x,c", "y")], {"c": integers(2)})
    case("Mod_floor", [node("Cast", "x", "i", to=TensorProto.INT64), node("Mod", "i,c", "m"), node("Cast", "m", "y", to=TensorProto.FLOAT)],
         {"c": integers(3)}, data=floats(*PICTURE) * 20)
    case("Mod_fmod", [node("Mod", "x,c", "y", fmod=1)], {"c": np.float32([1.5])}, data=floats(*PICTURE) * 5)
    case("Div_integers", [node("Cast", "x", "i", to=TensorProto.INT64), node("Div", "i,c", "m"), node("Cast", "m", "y", to=TensorProto.FLOAT)],
         {"c": integers(4)}, data=floats(*PICTURE) * 20)
    for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"):
        case(op, [node("Round", "x", "r"), node(op, "r,c", "b"), node("Not", "b", "n"), node("Cast", "n", "y", to=TensorProto.FLOAT)], {"c": np.float32([0])})
    for op in ("And", "Or", "Xor"):
        case(op, [node("Greater", "x,c", "a"), node("Less", "x,d", "b"), node(op, "a,b", "o"), node("Where", "o,x,c", "y")],
             {"c": np.float32([-0.5]), "d": np.float32([0.5])})
    case("Clip", [node("Clip", "x,l,h", "y")], {"l": np.float32(-0.5), "h": np.float32(0.7)})
    case("Clip_low", [node("Clip", "x,l", "y")], {"l": np.float32(-0.5)})
    case("Clip_high", [node("Clip", ["x", "", "h"], "y")], {"h": np.float32(0.5)})
    case("Clip_6", [node("Clip", "x", "y", min=-0.25, max=0.5)], opset=7)
    case("PRelu_channel", [node("PRelu", "x,s", "y")], {"s": np.abs(floats(3, 1, 1))})
    case("PRelu_width", [node("PRelu", "x,s", "y")], {"s": np.abs(floats(3))}, shape=[1, 3, 6, 3])
    case("PRelu_one", [node("PRelu", "x,s", "y")], {"s": np.float32([0.3])})
    case("Cast_CastLike", [node("Cast", "x", "h", to=TensorProto.FLOAT16), node("Cast", "h", "f", to=TensorProto.FLOAT), node("CastLike", "f,x", "y")],
         data=np.round(floats(*PICTURE) * 4) / 4)
    case("Dropout", [node("Dropout", "x", "y")], opset=11)
    case("Dropout_ratio", [node("Dropout", "x,r", "y")], {"r": np.float32(0.5)})


def shapes():
    case("Reshape_zero", [node("Reshape", "x,s", "y")], {"s": integers(0, -1, 4)})
    case("Reshape_computed", [node("Shape", "x", "s"), node("Gather", "s,i", "n"), node("Unsqueeze", "n,z", "u"), node("Concat", "u,m", "t", axis=0),
                              node("Reshape", "x,t", "y")], {"i": np.int64(1), "z": integers(0), "m": integers(-1, 2)})
    case("Shape_part", [node("Shape", "x", "s", start=-2, end=4), node("Cast", "s", "f", to=TensorProto.FLOAT), node("ReduceSum", "f", "n"),
                        node("Add", "x,n", "y")])
    case("Size", [node("Size", "x", "s"), node("Cast", "s", "f", to=TensorProto.FLOAT), node("Div", "x,f", "y")])
    case("Flatten", [node("Flatten", "x", "y", axis=2)])
    case("Flatten_last", [node("Flatten", "x", "y", axis=-1)])
    case("Transpose", [node("Transpose", "x", "y", perm=[0, 2, 3, 1])])
    case("Transpose_reversed", [node("Transpose", "x", "y")])
    case("Squeeze_Unsqueeze_11", [node("Squeeze", "x", "s", axes=[0]), node("Unsqueeze", "s", "y", axes=[1, -1])], opset=11)
    case("Squeeze_Unsqueeze_13", [node("Squeeze", "x,a", "s"), node("Unsqueeze", "s,b", "y")], {"a": integers(0), "b": integers(1, -1)}, opset=13)
    case("Squeeze_all", [node("Squeeze", "x", "y")])
    case("Expand", [node("Slice", "x,b,e,a", "s"), node("Expand", "s,t", "y")], {"b": integers(0), "e": integers(1), "a": integers(1), "t": integers(2, 3, 1, 8)})
    case("Expand_fewer_axes", [node("Expand", "x,t", "y")], {"t": integers(6, 1)})
    case("Tile", [node("Tile", "x,r", "y")], {"r": integers(1, 2, 1, 3)})
    case("Concat", [node("Concat", "x,x,c", "y", axis=-1)], {"c": floats(1, 3, 6, 2)})
    case("ConstantOfShape", [node("Shape", "x", "s"), node("ConstantOfShape", "s", "c", value=numpy_helper.from_array(np.float32([2.5]))), node("Mul", "x,c", "y")])
    case("Range", [node("Range", "a,b,c", "r"), node("Cast", "r", "f", to=TensorProto.FLOAT), node("Add", "x,f", "y")],
         {"a": np.int64(14), "b": np.int64(-2), "c": np.int64(-2)})
    case("Range_float", [node("Range", "a,b,c", "r"), node("Add", "x,r", "y")], {"a": np.float32(0.5), "b": np.float32(4.4), "c": np.float32(0.5)})
    case("Constant_forms", [node("Constant", [], "i", value_ints=[1, -1]), node("Reshape", "x,i", "r"), node("Constant", [], "f", value_float=0.5),
                            node("Mul", "r,f", "m"), node("Constant", [], "l", value_floats=[1.0]), node("Add", "m,l", "y")])
    for mode in ("DCR", "CRD"):
        case(f"DepthToSpace_{mode}", [node("Concat", "x,x,x,x", "c", axis=1), node("DepthToSpace", "c", "y", blocksize=2, mode=mode)])
    case("SpaceToDepth", [node("SpaceToDepth", "x", "y", blocksize=2)])
    case("If_known", [node("Shape", "x", "s"), node("Gather", "s,i", "n"), node("Greater", "n,t", "c"), helper.make_node(
        "If", ["c"], ["y"],
        then_branch=helper.make_graph([node("Mul", "x,two", "p")], "then", [], [helper.make_empty_tensor_value_info("p")],
                                      [numpy_helper.from_array(np.float32(2), "two")]),
        else_branch=helper.make_graph([node("Floor", "x", "q")], "else", [], [helper.make_empty_tensor_value_info("q")]))],
        {"i": np.int64(3), "t": np.int64(7)})


def parts():
    case("Slice_9", [node("Slice", "x", "y", starts=[1, -6], ends=[1000, -1], axes=[1, 3])], opset=9)
    case("Slice", [node("Slice", "x,b,e,a,s", "y")], {"b": integers(0, 1), "e": integers(6, 8), "a": integers(-2, 3), "s": integers(2, 3)})
    case("Slice_backward", [node("Slice", "x,b,e,a,s", "y")], {"b": integers(-1, 5), "e": integers(-1000, 0), "a": integers(3, 2), "s": integers(-1, -2)})
    case("Slice_focus", [node("Slice", "x,z,m,h,t", "a"), node("Slice", "a,z,m,w,t", "b"), node("Concat", "b,b", "y", axis=1)],
         {"z": integers(0), "m": integers(2**63 - 1), "h": integers(2), "w": integers(3), "t": integers(2)}, opset=11)
    case("Split_11", [node("Split", "x", "a,b,c", axis=3, split=[2, 5, 1])], outputs="a,b,c", opset=11)
    case("Split_13", [node("Split", "x,s", "a,b", axis=-2)], {"s": integers(2, 4)}, outputs="a,b", opset=13)
    case("Split_equal", [node("Split", "x", "a,b", axis=2)], outputs="a,b", opset=13)
    case("Split_18_uneven", [node("Split", "x", "a,b,c", axis=3, num_outputs=3)], outputs="a,b,c", opset=18)
    case("Gather", [node("Gather", "x,i", "y", axis=2)], {"i": np.int64([[5, 0], [-1, 2]])})
    case("Gather_one", [node("Gather", "x,i", "y", axis=1)], {"i": np.int64(-1)})
    case("GatherElements", [node("GatherElements", "x,i", "y", axis=3)], {"i": RANDOM.integers(-8, 8, (1, 3, 6, 2))})
    case("GatherND", [node("GatherND", "x,i", "y")], {"i": np.int64([[0, 2, 5], [0, 0, 1]])})
    case("GatherND_batch", [node("GatherND", "x,i", "y", batch_dims=1)], {"i": np.int64([[[2, 5], [0, 1]]])})
    case("ScatterElements", [node("ScatterElements", "x,i,u", "y", axis=2)], {"i": np.int64([[[[1, 0]], [[2, 5]]]]), "u": floats(1, 2, 1, 2)})
    case("Scatter_9", [node("Scatter", "x,i,u", "y", axis=1)], {"i": np.int64([[[[1, 0]]]]), "u": floats(1, 1, 1, 2)}, opset=9)
    case("ScatterND", [node("ScatterND", "x,i,u", "y")], {"i": np.int64([[0, 2, 5], [0, 0, 1]]), "u": floats(2, 8)})
    case("TopK", [node("TopK", "x,k", "v,i", axis=-1), node("Cast", "i", "f", to=TensorProto.FLOAT)], {"k": integers(3)}, outputs="v,f")
    case("TopK_smallest", [node("TopK", "x,k", "v,i", axis=1, largest=0)], {"k": integers(2)}, outputs="v")
    case("TopK_9", [node("TopK", "x", "v,i", axis=3, k=2)], outputs="v", opset=9)
    for op in ("ArgMax", "ArgMin"):
        case(op, [node(op, "x", "i", axis=1), node("Cast", "i", "y", to=TensorProto.FLOAT)])
    case("ArgMax_dropped", [node("ArgMax", "x", "i", axis=-1, keepdims=0), node("Cast", "i", "y", to=TensorProto.FLOAT)])
    case("NonZero_constant", [node("NonZero", "c", "i"), node("Transpose", "i", "t"), node("GatherND", "x,t", "y")], {"c": np.float32([[0, 1, 0.5]])})
    for upper in (0, 1):
        case(f"Trilu_{upper}", [node("Trilu", "x,k", "y", upper=upper)], {"k": np.int64(-1)})
    case("CumSum", [node("CumSum", "x,a", "y", exclusive=1, reverse=1)], {"a": np.int64(2)})
    case("OneHot", [node("ArgMax", "x", "i", axis=1, keepdims=0), node("OneHot", "i,d,v", "y", axis=1)], {"d": np.int64(3), "v": np.float32([-1, 2])})


def reductions():
    for op in ("ReduceL1", "ReduceL2", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"):
        case(f"{op}_attribute", [node(op, "x", "y", axes=[2, -1])], opset=11)
        case(f"{op}_input", [node(op, "x,a", "y", keepdims=0)], {"a": integers(1)}, opset=18)
    case("ReduceSum_attribute", [node("ReduceSum", "x", "y", axes=[1])], opset=11)
    case("ReduceSum_all", [node("ReduceSum", "x", "y", keepdims=0)])
    case("ReduceSum_none", [node("ReduceSum", "x", "y", noop_with_empty_axes=1)])
    case("ReduceLogSum", [node("Abs", "x", "a"), node("ReduceLogSum", "a", "y", axes=[1])], opset=11)
    case("Softmax_flattened", [node("Softmax", "x", "y", axis=2)], opset=11)
    case("Softmax_flattened_default", [node("Softmax", "x", "y")], opset=11)
    case("Softmax_13", [node("Softmax", "x", "y", axis=1)], opset=13)
    case("LogSoftmax", [node("LogSoftmax", "x", "y")], opset=13)


def products():
    case("MatMul", [node("MatMul", "x,w", "y")], {"w": floats(8, 5)})
    case("MatMul_list", [node("MatMul", "x,w", "y")], {"w": floats(8)})
    case("Gemm", [node("Flatten", "x", "f", axis=3), node("Gemm", "f,w,b", "y", alpha=0.5, beta=2.0, transB=1)], {"w": floats(5, 8), "b": floats(5)})
    case("Gemm_transposed", [node("Flatten", "x", "f", axis=3), node("Gemm", "f,w", "y", transA=1)], {"w": floats(18, 2)})
    case("FusedMatMul", [node("FusedMatMul", "x,w", "y", domain="com.microsoft", alpha=0.25, transB=1)], {"w": floats(5, 8)})
    for name, equation, sizes in (("product", "bchw,cwk->bhk", (3, 8, 4)), ("attention", "bchw,bcmw->bchm", (1, 3, 5, 8)), ("outer", "bchw,k->kbhwc", (4,)),
                                  ("implicit", "bchw,wk", (8, 2)), ("reduced", "bchw,ck->bk", (3, 2))):
        case(f"Einsum_{name}", [node("Einsum", "x,w", "y", equation=equation)], {"w": floats(*sizes)})
    case("Einsum_one", [node("Einsum", "x", "y", equation="bchw->whb")])


def windows():
    case("Conv", [node("Conv", "x,w,b", "y", kernel_shape=[3, 3], pads=[1, 0, 2, 1], strides=[2, 1], dilations=[1, 2])], {"w": floats(4, 3, 3, 3), "b": floats(4)})
    case("Conv_groups", [node("Conv", "x,w", "y", group=3)], {"w": floats(6, 1, 2, 2)})
    for rule in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        case(f"Conv_{rule}", [node("Conv", "x,w", "y", auto_pad=rule, strides=[2, 2])], {"w": floats(2, 3, 4, 3)})
    case("Conv_width", [node("Reshape", "x,s", "r"), node("Conv", "r,w,b", "y", pads=[2, 1], strides=[2])], {"s": integers(1, 6, 24), "w": floats(4, 6, 3), "b": floats(4)})
    case("ConvTranspose", [node("ConvTranspose", "x,w,b", "y", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])], {"w": floats(3, 4, 3, 3), "b": floats(4)})
    case("ConvTranspose_groups", [node("ConvTranspose", "x,w", "y", strides=[2, 2], group=3)], {"w": floats(3, 2, 2, 2)})
    case("ConvTranspose_shape", [node("ConvTranspose", "x,w", "y", strides=[2, 2], output_shape=[12, 16])], {"w": floats(3, 2, 3, 3)})
    for rule in ("SAME_UPPER", "SAME_LOWER"):
        case(f"ConvTranspose_{rule}", [node("ConvTranspose", "x,w", "y", strides=[2, 2], auto_pad=rule)], {"w": floats(3, 2, 3, 3)})
    case("MaxPool", [node("MaxPool", "x", "y", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 0])])
    case("MaxPool_ceil", [node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)], shape=[1, 3, 5, 7])
    case("MaxPool_dilations", [node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 3])])
    case("MaxPool_SAME_UPPER", [node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")], shape=[1, 3, 5, 7])
    case("AveragePool", [node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])])
    case("AveragePool_counted", [node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)])
    case("AveragePool_ceil", [node("AveragePool", "x", "y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)], shape=[1, 3, 5, 7])
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        case(op, [node(op, "x", "y")])
    grid = RANDOM.uniform(-1.2, 1.2, (1, 4, 5, 2)).astype(np.float32)
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            case(f"GridSample_{mode}_{padding}", [node("GridSample", "x,g", "y", mode=mode, padding_mode=padding, align_corners=int(mode == "nearest"))], {"g": grid}, opset=16)
    for mode in ("constant", "reflect", "edge"):
        case(f"Pad_{mode}", [node("Pad", "x,p", "y", mode=mode)], {"p": integers(0, 0, 1, 2, 0, 0, 3, 1)})
    case("Pad_value", [node("Pad", "x,p,v", "y")], {"p": integers(0, 1, 0, 0, 0, 0, 0, 2), "v": np.float32(-3)})
    case("Pad_negative", [node("Pad", "x,p", "y")], {"p": integers(0, 0, -1, 2, 0, 0, 1, -3)})
    case("Pad_2", [node("Pad", "x", "y", pads=[0, 0, 1, 2, 0, 0, 3, 1], value=0.5)], opset=10)
    case("Pad_axes", [node("Pad", ["x", "p", "", "a"], "y")], {"p": integers(1, 2), "a": integers(-1)}, opset=18)


def resizes():
    for coordinates in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for mode in ("linear", "cubic"):
            case(f"Resize_{mode}_{coordinates}", [node("Resize", ["x", "", "", "s"], "y", mode=mode, coordinate_transformation_mode=coordinates)],
                 {"s": integers(1, 3, 9, 12)})
        for nearest in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
            case(f"Resize_nearest_{coordinates}_{nearest}", [node("Resize", ["x", "", "", "s"], "y", mode="nearest", nearest_mode=nearest,
                                                                  coordinate_transformation_mode=coordinates)], {"s": integers(1, 3, 9, 12)})
    case("Resize_scales", [node("Resize", ["x", "", "f"], "y", mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric")],
         {"f": np.float32([1, 1, 2, 2])})
    case("Resize_smaller", [node("Resize", ["x", "", "f"], "y", mode="linear")], {"f": np.float32([1, 1, 0.5, 0.5])})
    case("Resize_10", [node("Resize", "x,f", "y", mode="nearest")], {"f": np.float32([1, 1, 2, 3])}, opset=10)
    case("Resize_axes", [node("Resize", ["x", "", "", "s"], "y", mode="linear", axes=[3, 2])], {"s": integers(16, 12)}, opset=18)
    case("Resize_not_larger", [node("Resize", ["x", "", "", "s"], "y", mode="linear", axes=[2, 3], keep_aspect_ratio_policy="not_larger")],
         {"s": integers(12, 12)}, opset=18)
    case("Upsample_9", [node("Upsample", "x,f", "y", mode="nearest")], {"f": np.float32([1, 1, 2, 2])}, opset=9)
    case("Upsample_7", [node("Upsample", "x", "y", mode="linear", scales=[1.0, 1.0, 2.0, 2.0])], opset=7)


def normalizations():
    statistics = {"s": floats(3), "b": floats(3), "m": floats(3), "v": np.abs(floats(3)) + 0.1}
    case("BatchNormalization", [node("BatchNormalization", "x,s,b,m,v", "y", epsilon=1e-3)], statistics)
    case("InstanceNormalization", [node("InstanceNormalization", "x,s,b", "y")], {"s": floats(3), "b": floats(3)})
    case("LayerNormalization", [node("LayerNormalization", "x,s,b", "y")], {"s": floats(8), "b": floats(8)})
    case("LayerNormalization_axes", [node("LayerNormalization", "x,s", "y", axis=2, epsilon=1e-3)], {"s": floats(6, 8)})
    case("GroupNormalization_18", [node("Concat", "x,x", "c", axis=1), node("GroupNormalization", "c,s,b", "y", num_groups=3)], {"s": floats(3), "b": floats(3)}, opset=18)
    case("GroupNormalization_21", [node("Concat", "x,x", "c", axis=1), node("GroupNormalization", "c,s,b", "y", num_groups=3)], {"s": floats(6), "b": floats(6)}, opset=21)
    case("LpNormalization", [node("LpNormalization", "x", "y", axis=1)])
    case("MeanVarianceNormalization", [node("MeanVarianceNormalization", "x", "y")])


# Scales whose ratios give no exact halves, which integer kernels round either way.
def quantized():
    scale, zero = {"s": np.float32(0.05), "z": np.uint8(110)}, {"t": np.float32(0.0413), "u": np.uint8(128)}
    pair = [node("QuantizeLinear", "x,s,z", "q"), node("DequantizeLinear", "q,s,z", "d")]
    case("QuantizeLinear", pair + [node("Relu", "d", "y")], scale, exact=True)
    case("QuantizeLinear_signed", [node("QuantizeLinear", "x,s,z", "q"), node("DequantizeLinear", "q,s,z", "y")], {"s": np.float32(0.02), "z": np.int8(-7)}, exact=True)
    case("QuantizeLinear_no_zero", [node("QuantizeLinear", "x,s", "q"), node("DequantizeLinear", "q,s", "y")], {"s": np.float32(0.02)}, exact=True)
    case("QuantizeLinear_moved", [node("QuantizeLinear", "x,s,z", "q"), node("MaxPool", "q", "p", kernel_shape=[2, 2]), node("Transpose", "p", "t", perm=[0, 2, 3, 1]),
                                  node("DequantizeLinear", "t,s,z", "y")], scale, exact=True)
    case("QuantizeLinear_other_scale", [node("QuantizeLinear", "x,s,z", "q"), node("DequantizeLinear", "q,t,u", "y")], scale | zero, exact=True)
    weights = {"w": RANDOM.integers(-127, 128, (4, 3, 3, 3)).astype(np.int8), "ws": np.abs(floats(4)) / 100 + 0.001, "wz": np.zeros(4, np.int8)}
    bias = {"b": RANDOM.integers(-500, 500, 4).astype(np.int32), "bs": np.float32(0.05) * weights["ws"], "bz": np.zeros(4, np.int32)}
    conv = pair + [node("DequantizeLinear", "w,ws,wz", "wd", axis=0), node("DequantizeLinear", "b,bs,bz", "bd", axis=0), node("Conv", "d,wd,bd", "c", pads=[1, 1, 1, 1])]
    case("Conv_QDQ", conv + [node("QuantizeLinear", "c,t,u", "e"), node("DequantizeLinear", "e,t,u", "y")], scale | weights | bias | zero, exact=True)
    case("Conv_QDQ_unsigned_weights", pair + [node("DequantizeLinear", "w,ws,wz", "wd"), node("Conv", "d,wd", "y")],
         scale | {"w": RANDOM.integers(0, 256, (4, 3, 3, 3)).astype(np.uint8), "ws": np.float32(0.01), "wz": np.uint8(120)}, exact=True)
    case("Conv_QDQ_quantized_weights", pair + [node("QuantizeLinear", "w,ws,wz", "wq", axis=0), node("DequantizeLinear", "wq,ws,wz", "wd", axis=0), node("Conv", "d,wd", "y", group=3)],
         scale | {"w": floats(3, 1, 3, 3), "ws": np.abs(floats(3)) / 100 + 0.01, "wz": np.zeros(3, np.int8)}, exact=True)
    linear = {"ys": np.float32(0.0937), "yz": np.uint8(120)}
    case("QLinearConv", [pair[0], node("QLinearConv", "q,s,z,w,ws,wz,ys,yz,b", "c", pads=[1, 1, 1, 1]), node("DequantizeLinear", "c,ys,yz", "y")],
         scale | weights | bias | linear)
    case("QLinearMatMul", [pair[0], node("QLinearMatMul", "q,s,z,m,ms,mz,ys,yz", "c"), node("DequantizeLinear", "c,ys,yz", "y")],
         scale | linear | {"m": RANDOM.integers(0, 256, (8, 5)).astype(np.uint8), "ms": np.float32(0.01), "mz": np.uint8(128)})
    case("QGemm", [pair[0], node("Flatten", "q", "f", axis=3), node("QGemm", "f,s,z,m,ms,mz,gb,ys,yz", "c", domain="com.microsoft", transB=1), node("DequantizeLinear", "c,ys,yz", "y")],
         scale | linear | {"m": RANDOM.integers(-127, 128, (5, 8)).astype(np.int8), "ms": np.float32(0.01), "mz": np.int8(0), "gb": RANDOM.integers(-500, 500, 5).astype(np.int32)})
    for op in ("QLinearAdd", "QLinearMul"):
        case(op, [pair[0], node(op, "q,s,z,k,t,u,ys,yz", "c", domain="com.microsoft"), node("DequantizeLinear", "c,ys,yz", "y")],
             scale | zero | linear | {"k": RANDOM.integers(0, 256, (1, 3, 1, 1)).astype(np.uint8)})
    case("QLinearConcat", [pair[0], node("QLinearConcat", "ys,yz,q,s,z,q,s,z", "c", domain="com.microsoft", axis=1), node("DequantizeLinear", "c,ys,yz", "y")], scale | linear)
    for op, attributes in (("QLinearSigmoid", {}), ("QLinearLeakyRelu", {"alpha": 0.1}), ("QLinearGlobalAveragePool", {}), ("QLinearAveragePool", {"kernel_shape": [2, 2]})):
        case(op, [pair[0], node(op, "q,s,z,o,r", "c", domain="com.microsoft", **attributes), node("DequantizeLinear", "c,o,r", "y")],
             scale | {"o": np.float32(0.0217), "r": np.uint8(60)})
    case("DynamicQuantizeLinear", [node("DynamicQuantizeLinear", "x", "q,a,p"), node("ConvInteger", "q,w,p,wz", "i"), node("Cast", "i", "f", to=TensorProto.FLOAT),
                                   node("Mul", "f,a", "y")], {"w": weights["w"], "wz": np.int8(0)})
    case("MatMulInteger", [node("DynamicQuantizeLinear", "x", "q,a,p"), node("MatMulInteger", "q,m,p,mz", "i"), node("Cast", "i", "f", to=TensorProto.FLOAT), node("Mul", "f,a", "y")],
         {"m": RANDOM.integers(0, 256, (8, 5)).astype(np.uint8), "mz": np.uint8(100)})
    case("MatMulIntegerToFloat", [node("DynamicQuantizeLinear", "x", "q,a,p"), node("MatMulIntegerToFloat", "q,m,a,ms,p,mz,fb", "y", domain="com.microsoft")],
         {"m": RANDOM.integers(0, 256, (8, 5)).astype(np.uint8), "mz": np.uint8(100), "ms": np.float32([0.02]), "fb": floats(5)})


def functions():
    twice = helper.make_function("local", "Twice", ["a"], ["c"], [node("Add", "a,a", "c")], [helper.make_opsetid("", 17)])
    slope = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    leaky = node("LeakyRelu", "a", "t")
    leaky.attribute.append(slope)
    nested = helper.make_function("local", "Nested", ["a"], ["c"], [leaky, node("Twice", "t", "c", domain="local")],
                                  [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)], ["slope"])
    case("Function", [node("Nested", "x", "t", domain="local", slope=0.3), node("Nested", "t", "y", domain="local", slope=0.2)], functions=[twice, nested])


def fused():
    """What ONNX Runtime's optimizer makes of a convolution and what stands behind it."""
    weights = {"w": floats(4, 3, 3, 3) * np.float32(0.1), "b": floats(4)}
    for name, parameters in (("Relu", []), ("Tanh", []), ("Sigmoid", []), ("LeakyRelu", [0.1]), ("Clip", [-0.5, 0.5]), ("HardSigmoid", [0.2, 0.4])):
        case(f"FusedConv_{name}", [node("FusedConv", "x,w,b", "y", domain="com.microsoft", activation=name, pads=[1, 1, 1, 1],
                                       **({"activation_params": parameters} if parameters else {}))], weights)
    case("FusedConv_sum", [node("FusedConv", "x,w,b,z", "y", domain="com.microsoft", activation="Relu", pads=[1, 1, 1, 1])], weights | {"z": floats(1, 4, 6, 8)})
    pair = [node("QuantizeLinear", "x,s,z", "q"), node("QLinearSoftmax", "q,s,z,o,r", "c", domain="com.microsoft", axis=2, opset=11), node("DequantizeLinear", "c,o,r", "y")]
    case("QLinearSoftmax_flattened", pair, {"s": np.float32(0.0217), "z": np.uint8(120), "o": np.float32(1 / 256), "r": np.uint8(0)})
    for name, size, attributes in (("a", (3, 6, 8, 5), {"transBatchA": 1}), ("b", (5, 1, 3, 8), {"transBatchB": 1, "transB": 1}),
                                   ("a_transposed", (3, 6, 1, 4), {"transBatchA": 1, "transA": 1}), ("both", (8, 3, 6, 5), {"transBatchA": 1, "transBatchB": 1})):
        case(f"FusedMatMul_batch_{name}", [node("FusedMatMul", "x,w", "y", domain="com.microsoft", alpha=0.5, **attributes)], {"w": floats(*size)})
    case("SimplifiedLayerNormalization", [node("SimplifiedLayerNormalization", "x,s", "y", epsilon=1e-3)], {"s": floats(8)})
    case("SimplifiedLayerNormalization_axes", [node("SimplifiedLayerNormalization", "x,s", "y", axis=2)], {"s": floats(6, 8)})
    case("RMSNormalization", [node("RMSNormalization", "x,s", "y")], {"s": floats(8)}, opset=23)


def transformers():
    """What ONNX Runtime's optimizers and quantizer make of a transformer's layers, and ONNX's own attention."""
    def of_rows(name, operator, constants, **options):
        rows = node("Squeeze", "x,first", "p")
        case(name, [rows, operator], {"first": integers(0)} | constants, **options)

    runtime = {"domain": "com.microsoft"}
    norm = {"k": floats(3, 6, 8), "g": floats(8), "o": floats(8), "b": floats(8)}
    of_rows("SkipLayerNormalization", node("SkipLayerNormalization", "p,k,g,o", "y", epsilon=1e-3, **runtime), norm)
    of_rows("SkipLayerNormalization_sum", node("SkipLayerNormalization", "p,k,g,o,b", "y,,,s", **runtime), norm, outputs="y,s")
    of_rows("BiasGelu", node("BiasGelu", "p,b", "y", **runtime), norm)
    of_rows("FastGelu", node("FastGelu", "p", "y", **runtime), {})
    of_rows("FastGelu_bias", node("FastGelu", "p,b", "y", **runtime), norm)
    for name, sizes, attributes in (("", (8, 8, 8), {}), ("_sizes", (8, 8, 4), {"qkv_hidden_sizes": [8, 8, 4], "scale": 0.5})):
        of_rows("ProjectedAttention" + name, node("Attention", "p,w,b", "y", num_heads=2, **attributes, **runtime), {"w": floats(8, sum(sizes)), "b": floats(sum(sizes))})
    of_rows("ProjectedAttention_bias", node("Attention", "p,w,b,,,s", "y", num_heads=2, **runtime), {"w": floats(8, 24), "b": floats(24), "s": floats(3, 2, 6, 6)})
    keys = {"k": floats(3, 7, 8), "v": floats(3, 7, 8)}
    of_rows("MultiHeadAttention", node("MultiHeadAttention", "p,k,v", "y", num_heads=4, **runtime), keys)
    of_rows("MultiHeadAttention_bias", node("MultiHeadAttention", "p,k,v,b,,s", "y", num_heads=2, scale=0.25, **runtime), keys | {"b": floats(24), "s": floats(3, 2, 6, 7)})
    of_rows("DynamicQuantizeMatMul", node("DynamicQuantizeMatMul", "p,w,s,z,b", "y", **runtime),
            {"w": RANDOM.integers(-127, 128, (8, 6)).astype(np.int8), "s": np.float32([0.02]), "z": np.int8([3]), "b": floats(6)})
    of_rows("DynamicQuantizeMatMul_columns", node("DynamicQuantizeMatMul", "p,w,s", "y", **runtime),
            {"w": RANDOM.integers(-127, 128, (8, 6)).astype(np.int8), "s": np.abs(floats(6)) / 50})
    joined = {"q_num_heads": 2, "kv_num_heads": 2}
    of_rows("Attention", node("Attention", "p,k,v", "y", **joined), keys, opset=23)
    of_rows("Attention_mask", node("Attention", "p,k,v,m", "y", scale=0.3, **joined), keys | {"m": floats(6, 7)}, opset=23)
    of_rows("Attention_seen", node("Attention", "p,k,v,m", "y", **joined), keys | {"m": RANDOM.random((6, 7)) < 0.7}, opset=23)
    case("Attention_heads", [node("Attention", "x,k,v", "y")], {"k": floats(1, 3, 7, 8), "v": floats(1, 3, 7, 4)}, opset=23)


# What lies between two integers is cut off towards 0. With weights that floats hold, as rounding decides where a sum is nearly an integer.
def quantized_resizes():
    for name, zero in (("u8", np.uint8(110)), ("s8", np.int8(-7))):
        for height, width in ((12, 16), (24, 16)):
            case(f"QuantizeLinear_resized_{name}_{height}", [node("QuantizeLinear", "x,s,z", "q"), node("Resize", ["q", "", "", "n"], "r", mode="linear"),
                                                             node("DequantizeLinear", "r,s,z", "y")],
                 {"s": np.float32(0.02), "z": zero, "n": integers(1, 3, height, width)}, exact=True)


for family in (elementwise, shapes, parts, reductions, products, windows, resizes, normalizations, quantized, functions, fused, transformers, quantized_resizes):
    family()
np.savez_compressed(Path(__file__).parent / "operator_cases.npz", **ARRAYS)
print(sum(name.endswith("/model") for name in ARRAYS), "cases")
