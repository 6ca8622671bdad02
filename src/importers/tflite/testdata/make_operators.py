"""Writes operators.npz and appended.npz. The first: small TensorFlow Lite models, one an operator and form, with inputs and what LiteRT's own kernels compute of them.

    python make_operators.py        # needs ai-edge-litert (2.3.0) and numpy

Of each case NAME the archive holds NAME.tflite (the bytes of the model), NAME.input (real values), NAME.output_0, ... (real values), and
NAME.step (of quantized outputs, else 0). The second holds models that say something of themselves, most in an archive behind them. With --seeds DIR some of the models are written there as seeds of the fuzzer.
"""
import argparse
import io
import json
import zipfile
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import interpreter as litert
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(name): getattr(schema.TensorType, value) for name, value in (
    ("float32", "FLOAT32"), ("float16", "FLOAT16"), ("int32", "INT32"), ("uint8", "UINT8"), ("int64", "INT64"), ("bool", "BOOL"),
    ("int8", "INT8"), ("int16", "INT16"))}
VERSIONS = {"BROADCAST_TO": 2}  # where LiteRT has no kernel for version 1 of an operator
SAME, VALID = 0, 1
RELU, RELU_N1_TO_1, RELU6, TANH = 1, 2, 3, 4


class Model:
    """A model under construction. Tensors are numbers."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version, self.model.description = 3, "made by make_operators.py"
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators, self.graph.inputs, self.graph.outputs = [], [], [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, shape, dtype=np.float32, name=None, data=None, scale=None, zero=0, axis=0):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name or f"t{len(self.graph.tensors)}", list(shape), TYPES[np.dtype(dtype)]
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data, dtype).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(value) for value in np.atleast_1d(scale)]
            tensor.quantization.zeroPoint = [int(value) for value in np.atleast_1d(zero)]
            if len(tensor.quantization.zeroPoint) != len(tensor.quantization.scale):
                tensor.quantization.zeroPoint *= len(tensor.quantization.scale)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, data, dtype=np.float32, **words):
        data = np.asarray(data, dtype)
        return self.tensor(data.shape, dtype, data=data, **words)

    def input(self, shape, dtype=np.float32, **words):
        self.graph.inputs.append(self.tensor(shape, dtype, name="input", **words))
        return self.graph.inputs[-1]

    def output(self, shape, dtype=np.float32, **words):
        self.graph.outputs.append(self.tensor(shape, dtype, name=f"output_{len(self.graph.outputs)}", **words))
        return self.graph.outputs[-1]

    def add(self, name, inputs, outputs, options=None, **values):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), values.pop("version", VERSIONS.get(name, 1))
        self.model.operatorCodes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex, op.inputs, op.outputs = len(self.model.operatorCodes) - 1, inputs, outputs
        if options:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            op.builtinOptions = getattr(schema, options + "T")()
            for key, value in values.items():
                assert hasattr(op.builtinOptions, key), key
                setattr(op.builtinOptions, key, value)
        self.graph.operators.append(op)

    def bytes(self):
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


CASES, RANDOM = {}, np.random.default_rng(20261126)


def case(name, shape=(1, 4, 5, 3), low=-3.0, high=3.0, dtype=np.float32, scale=None, zero=0):
    """Registers a function that adds to a model with an input and gives it outputs."""
    def register(build):
        model = Model()
        build(model, model.input(shape, dtype, scale=scale, zero=zero))
        data = RANDOM.uniform(low, high, shape)
        CASES[name] = (model.bytes(), data)
        return build
    return register


def run(content, data):
    """(input as real values, outputs as real values, step of the first output) by LiteRT without XNNPACK."""
    network = litert.Interpreter(model_content=content, num_threads=1,
                                 experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    network.allocate_tensors()
    detail = network.get_input_details()[0]
    scale, zero = detail["quantization"]
    if scale:
        limits = np.iinfo(detail["dtype"])
        stored = np.clip(np.round(data / scale) + zero, limits.min, limits.max).astype(detail["dtype"])
        data = (stored.astype(np.float64) - zero) * scale
    else:
        stored = np.asarray(np.round(data) if np.issubdtype(detail["dtype"], np.integer) else data).astype(detail["dtype"])
        data = stored
    network.set_tensor(detail["index"], stored)
    network.invoke()
    outputs, step = [], 0.0
    for detail in network.get_output_details():
        found, (scale, zero) = network.get_tensor(detail["index"]), detail["quantization"]
        step = max(step, scale)
        outputs.append(((found.astype(np.float64) - zero) * scale if scale else found).astype(np.float32))
    return np.asarray(data, np.float32), outputs, np.float32(step)


def weights(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


# ---- convolutions ------------------------------------------------------------------------------------------------------------------
def conv(model, x, out, kernel, channels=4, inputs=3, version=1, **options):
    values = {"padding": SAME, "strideW": 1, "strideH": 1} | options
    model.add("CONV_2D", [x, model.constant(weights(channels, *kernel, inputs)), model.constant(weights(channels))], [model.output(out)],
              "Conv2DOptions", version=version, **values)


case("conv_same")(lambda m, x: conv(m, x, (1, 4, 5, 4), (3, 3)))
case("conv_same_strided")(lambda m, x: conv(m, x, (1, 2, 3, 4), (3, 2), strideW=2, strideH=2))
case("conv_valid_relu6")(lambda m, x: conv(m, x, (1, 2, 3, 4), (3, 3), padding=VALID, fusedActivationFunction=RELU6))
case("conv_dilated_relu")(lambda m, x: conv(m, x, (1, 4, 5, 4), (3, 3), dilationWFactor=2, dilationHFactor=2, fusedActivationFunction=RELU))
case("conv_relu_n1_to_1")(lambda m, x: conv(m, x, (1, 4, 5, 4), (1, 1), fusedActivationFunction=RELU_N1_TO_1))
case("conv_grouped", (1, 4, 5, 6))(lambda m, x: conv(m, x, (1, 4, 5, 4), (3, 3), inputs=3, version=6))


def depthwise(model, x, out, multiplier, **options):
    channels = 3 * multiplier
    model.add("DEPTHWISE_CONV_2D", [x, model.constant(weights(1, 3, 3, channels)), model.constant(weights(channels))], [model.output(out)],
              "DepthwiseConv2DOptions", **({"padding": SAME, "strideW": 1, "strideH": 1, "depthMultiplier": multiplier} | options))


case("depthwise")(lambda m, x: depthwise(m, x, (1, 4, 5, 3), 1))
case("depthwise_multiplied")(lambda m, x: depthwise(m, x, (1, 2, 3, 6), 2, strideW=2, strideH=2, fusedActivationFunction=RELU6))


def transposed(model, x, out, kernel, with_bias, **options):
    inputs = [model.constant(out, np.int32), model.constant(weights(out[3], *kernel, 3)), x]
    inputs += [model.constant(weights(out[3]))] if with_bias else []
    model.add("TRANSPOSE_CONV", inputs, [model.output(out)], "TransposeConvOptions", version=3 if with_bias else 1, **options)


case("transpose_conv_same")(lambda m, x: transposed(m, x, (1, 8, 10, 2), (3, 3), False, padding=SAME, strideW=2, strideH=2))
case("transpose_conv_valid")(lambda m, x: transposed(m, x, (1, 9, 11, 2), (3, 3), True, padding=VALID, strideW=2, strideH=2))
case("transpose_conv_wide_stride")(lambda m, x: transposed(m, x, (1, 12, 15, 2), (2, 2), False, padding=SAME, strideW=3, strideH=3))


@case("fully_connected", (2, 6))
def _(m, x):
    m.add("FULLY_CONNECTED", [x, m.constant(weights(4, 6)), m.constant(weights(4))], [m.output((2, 4))], "FullyConnectedOptions",
          fusedActivationFunction=RELU)


@case("fully_connected_of_image", (2, 2, 3, 3))
def _(m, x):
    m.add("FULLY_CONNECTED", [x, m.constant(weights(4, 18)), -1], [m.output((2, 4))], "FullyConnectedOptions", version=6)


@case("fully_connected_keeping_axes", (2, 3, 6))
def _(m, x):
    m.add("FULLY_CONNECTED", [x, m.constant(weights(4, 6)), m.constant(weights(4))], [m.output((2, 3, 4))], "FullyConnectedOptions",
          keepNumDims=True, version=5)


case("batch_matmul", (2, 3, 4))(lambda m, x: m.add(
    "BATCH_MATMUL", [x, m.constant(weights(2, 4, 5))], [m.output((2, 3, 5))], "BatchMatMulOptions"))
case("batch_matmul_turned", (2, 4, 3))(lambda m, x: m.add(
    "BATCH_MATMUL", [x, m.constant(weights(2, 5, 4))], [m.output((2, 3, 5))], "BatchMatMulOptions", adjX=True, adjY=True))


# ---- element by element ------------------------------------------------------------------------------------------------------------
def binary(name, operator, options=None, constant=(3,), low=-3.0, positive=False, first=False, shape=(1, 4, 5, 3), **values):
    @case(name, shape, low)
    def _(m, x):
        other = weights(*constant) + (1.5 if positive else 0)
        inputs = [m.constant(other), x] if first else [x, m.constant(other)]
        m.add(operator, inputs, [m.output(np.broadcast_shapes(shape, constant))], options, **values)


binary("add", "ADD", "AddOptions")
binary("add_scalar_relu", "ADD", "AddOptions", constant=(), fusedActivationFunction=RELU)
binary("add_rows", "ADD", "AddOptions", constant=(5, 3))
binary("sub", "SUB", "SubOptions")
binary("sub_from_constant", "SUB", "SubOptions", constant=(1, 4, 1, 3), first=True)
binary("mul", "MUL", "MulOptions", constant=(1, 1, 1, 3))
binary("mul_tanh", "MUL", "MulOptions", fusedActivationFunction=RELU6)
binary("div", "DIV", "DivOptions", positive=True)
binary("maximum", "MAXIMUM", "MaximumMinimumOptions")
binary("minimum", "MINIMUM", "MaximumMinimumOptions")
binary("pow", "POW", "PowOptions", low=0.1, positive=True)
binary("squared_difference", "SQUARED_DIFFERENCE", "SquaredDifferenceOptions")
binary("floor_div", "FLOOR_DIV", "FloorDivOptions", positive=True)
binary("floor_mod", "FLOOR_MOD", "FloorModOptions", positive=True)
binary("prelu", "PRELU", constant=(1, 1, 3))
binary("prelu_everywhere", "PRELU", constant=(4, 5, 3))


def unary(operator, name=None, options=None, low=-3.0, version=1, **values):
    case(name or operator.lower(), low=low)(
        lambda m, x: m.add(operator, [x], [m.output((1, 4, 5, 3))], options, version=version, **values))


for plain in ("LOGISTIC", "TANH", "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "HARD_SWISH", "ELU", "EXP", "NEG", "ABS", "FLOOR", "CEIL",
              "ROUND", "SIN", "COS", "SQUARE", "SIGN"):
    unary(plain)
for positive in ("LOG", "SQRT", "RSQRT"):
    unary(positive, low=0.1)
unary("LEAKY_RELU", options="LeakyReluOptions", alpha=0.1)
unary("GELU", options="GeluOptions", approximate=False)
unary("GELU", "gelu_approximate", "GeluOptions", approximate=True)


def choice(name, compare, select):
    @case(name)
    def _(m, x):
        zero, holds = m.constant(np.zeros((1, 4, 5, 3))), m.tensor((1, 4, 5, 3), np.bool_)
        m.add(compare, [x, zero], [holds])
        negated = m.tensor((1, 4, 5, 3))
        m.add("NEG", [x], [negated])
        m.add(select, [holds, x, negated], [m.output((1, 4, 5, 3))])


for index, compare in enumerate(("GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL", "EQUAL", "NOT_EQUAL")):
    choice("select_" + compare.lower(), compare, "SELECT" if index % 2 else "SELECT_V2")


@case("logical")
def _(m, x):
    shape, zero, one = (1, 4, 5, 3), m.constant(0.0), m.constant(1.0)
    above, below, either, both, neither = (m.tensor(shape, np.bool_) for _ in range(5))
    m.add("GREATER", [x, one], [above])
    m.add("LESS", [x, zero], [below])
    m.add("LOGICAL_OR", [above, below], [either])
    m.add("LOGICAL_NOT", [either], [neither])
    m.add("LOGICAL_AND", [either, neither], [both])
    m.add("CAST", [either], [m.output(shape)], "CastOptions", inDataType=schema.TensorType.BOOL, outDataType=schema.TensorType.FLOAT32)


case("add_n")(lambda m, x: m.add("ADD_N", [x, m.constant(weights(1, 4, 5, 3)), x], [m.output((1, 4, 5, 3))]))


@case("add_of_vector_to_image")
def _(m, x):
    mean = m.tensor((1, 3))
    m.add("MEAN", [x, m.constant([1, 2], np.int32)], [mean], "ReducerOptions")
    m.add("ADD", [x, mean], [m.output((1, 4, 5, 3))], "AddOptions")


# ---- windows -----------------------------------------------------------------------------------------------------------------------
def pool(name, operator, out, **options):
    case(name)(lambda m, x: m.add(operator, [x], [m.output(out)], "Pool2DOptions", **options))


pool("max_pool_same", "MAX_POOL_2D", (1, 2, 3, 3), padding=SAME, strideW=2, strideH=2, filterWidth=3, filterHeight=3)
pool("max_pool_valid", "MAX_POOL_2D", (1, 2, 2, 3), padding=VALID, strideW=2, strideH=2, filterWidth=2, filterHeight=2)
pool("average_pool_same", "AVERAGE_POOL_2D", (1, 4, 5, 3), padding=SAME, strideW=1, strideH=1, filterWidth=3, filterHeight=3)
pool("average_pool_valid", "AVERAGE_POOL_2D", (1, 1, 1, 3), padding=VALID, strideW=1, strideH=1, filterWidth=5, filterHeight=4,
     fusedActivationFunction=RELU)
PADDINGS = [[0, 0], [1, 2], [2, 1], [0, 1]]
PADDED = (1, 7, 8, 4)
case("pad")(lambda m, x: m.add("PAD", [x, m.constant(PADDINGS, np.int32)], [m.output(PADDED)]))
case("pad_v2")(lambda m, x: m.add("PADV2", [x, m.constant(PADDINGS, np.int32), m.constant(1.5)], [m.output(PADDED)]))
for mode, kind in enumerate(("reflect", "symmetric")):
    case("mirror_pad_" + kind)(lambda m, x, mode=mode: m.add(
        "MIRROR_PAD", [x, m.constant([[0, 0], [1, 2], [2, 1], [0, 0]], np.int32)], [m.output((1, 7, 8, 3))], "MirrorPadOptions", mode=mode))


def resizes(operator, options):
    for sides in ((8, 10), (7, 4), (3, 3)):
        for corners, centers in ((False, False), (True, False), (False, True)):
            name = f"{operator.lower()}_{sides[0]}x{sides[1]}{'_corners' if corners else ''}{'_centers' if centers else ''}"
            case(name)(lambda m, x, sides=sides, corners=corners, centers=centers: m.add(
                operator, [x, m.constant(sides, np.int32)], [m.output((1, *sides, 3))], options, alignCorners=corners,
                halfPixelCenters=centers, version=3))


resizes("RESIZE_BILINEAR", "ResizeBilinearOptions")
resizes("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")
case("space_to_depth", (1, 4, 6, 3))(lambda m, x: m.add(
    "SPACE_TO_DEPTH", [x], [m.output((1, 2, 3, 12))], "SpaceToDepthOptions", blockSize=2))
case("depth_to_space", (1, 2, 3, 12))(lambda m, x: m.add(
    "DEPTH_TO_SPACE", [x], [m.output((1, 4, 6, 3))], "DepthToSpaceOptions", blockSize=2))


# ---- reductions --------------------------------------------------------------------------------------------------------------------
def reduction(name, operator, axes, keep, out):
    case(name)(lambda m, x: m.add(operator, [x, m.constant(axes, np.int32)], [m.output(out)], "ReducerOptions", keepDims=keep))


reduction("mean_of_image", "MEAN", [1, 2], True, (1, 1, 1, 3))
reduction("mean_dropping_axes", "MEAN", [1, 2], False, (1, 3))
reduction("mean_of_channels", "MEAN", [-1], False, (1, 4, 5))
reduction("mean_of_rows", "MEAN", [1], False, (1, 5, 3))
reduction("sum", "SUM", [2, 3], True, (1, 4, 1, 1))
reduction("reduce_max", "REDUCE_MAX", [3], True, (1, 4, 5, 1))
reduction("reduce_min", "REDUCE_MIN", [0, 3], False, (4, 5))
reduction("reduce_prod", "REDUCE_PROD", [1], True, (1, 1, 5, 3))
case("softmax")(lambda m, x: m.add("SOFTMAX", [x], [m.output((1, 4, 5, 3))], "SoftmaxOptions", beta=1.0))
case("softmax_sharpened", (2, 7))(lambda m, x: m.add("SOFTMAX", [x], [m.output((2, 7))], "SoftmaxOptions", beta=2.0))
case("log_softmax", (2, 7))(lambda m, x: m.add("LOG_SOFTMAX", [x], [m.output((2, 7))], "LogSoftmaxOptions"))
case("l2_normalization")(lambda m, x: m.add("L2_NORMALIZATION", [x], [m.output((1, 4, 5, 3))], "L2NormOptions"))
case("arg_max", (1, 4, 7))(lambda m, x: m.add(
    "ARG_MAX", [x, m.constant(-1, np.int32)], [m.output((1, 4), np.int32)], "ArgMaxOptions", outputType=schema.TensorType.INT32))
case("arg_min", (1, 4, 7))(lambda m, x: m.add(
    "ARG_MIN", [x, m.constant(1, np.int32)], [m.output((1, 7), np.int64)], "ArgMinOptions", outputType=schema.TensorType.INT64))
case("top_k", (2, 9))(lambda m, x: m.add(
    "TOPK_V2", [x, m.constant(4, np.int32)], [m.output((2, 4)), m.output((2, 4), np.int32)]))
case("cumsum", (2, 5))(lambda m, x: m.add(
    "CUMSUM", [x, m.constant(1, np.int32)], [m.output((2, 5))], "CumsumOptions", exclusive=True))


# ---- axes and pieces ---------------------------------------------------------------------------------------------------------------
def moved(name, operator, others, out, options=None, shape=(1, 4, 5, 3), **values):
    case(name, shape)(lambda m, x: m.add(operator, [x] + [m.constant(other, np.int32) for other in others], [m.output(out)], options, **values))


moved("reshape", "RESHAPE", [(1, 20, 3)], (1, 20, 3))
moved("reshape_by_option", "RESHAPE", [], (5, 12), "ReshapeOptions", newShape=[-1, 12])
moved("squeeze", "SQUEEZE", [], (4, 5, 3), "SqueezeOptions", squeezeDims=[0])
moved("squeeze_all", "SQUEEZE", [], (4, 3), "SqueezeOptions", shape=(1, 4, 1, 3))
moved("expand_dims", "EXPAND_DIMS", [2], (1, 4, 1, 5, 3))
moved("transpose", "TRANSPOSE", [(0, 2, 1, 3)], (1, 5, 4, 3))
moved("transpose_to_planes", "TRANSPOSE", [(0, 3, 1, 2)], (1, 3, 4, 5))
moved("transpose_from_planes", "TRANSPOSE", [(0, 2, 3, 1)], (1, 4, 5, 7), shape=(1, 7, 4, 5))
moved("slice", "SLICE", [(0, 1, 0, 1), (1, 2, -1, 2)], (1, 2, 5, 2))
moved("strided_slice", "STRIDED_SLICE", [(0, 1, 4, 0), (1, 4, 0, 3), (1, 2, -2, 1)], (1, 2, 2, 3), "StridedSliceOptions")
moved("strided_slice_masked", "STRIDED_SLICE", [(0, 1, 2, 1), (0, 0, 0, 2), (1, 1, 1, 1)], (1, 4, 5, 1), "StridedSliceOptions",
      beginMask=6, endMask=7)
moved("strided_slice_shrinking", "STRIDED_SLICE", [(0, 2, 0, 0), (1, 3, 5, 3), (1, 1, 1, 1)], (1, 5, 3), "StridedSliceOptions",
      shrinkAxisMask=2)
moved("reverse", "REVERSE_V2", [[3]], (1, 4, 5, 3))
moved("tile", "TILE", [(1, 2, 1, 3)], (1, 8, 5, 9))
moved("gather", "GATHER", [(3, 0, 0)], (1, 3, 5, 3), "GatherOptions", axis=1)
moved("gather_nd", "GATHER_ND", [[[0, 3], [0, 1]]], (2, 5, 3))
moved("broadcast_to", "BROADCAST_TO", [(2, 4, 5, 3)], (2, 4, 5, 3))
case("concatenation")(lambda m, x: m.add(
    "CONCATENATION", [x, m.constant(weights(1, 4, 5, 2)), x], [m.output((1, 4, 5, 8))], "ConcatenationOptions", axis=-1))
case("concatenation_of_rows", (2, 3))(lambda m, x: m.add(
    "CONCATENATION", [x, x], [m.output((4, 3))], "ConcatenationOptions", axis=0))
case("pack", (2, 3))(lambda m, x: m.add("PACK", [x, x], [m.output((2, 2, 3))], "PackOptions", axis=1, valuesCount=2))
case("unpack", (2, 3))(lambda m, x: m.add("UNPACK", [x], [m.output((2,)) for _ in range(3)], "UnpackOptions", axis=1, num=3))
case("split", (1, 4, 5, 6))(lambda m, x: m.add(
    "SPLIT", [m.constant(3, np.int32), x], [m.output((1, 4, 5, 2)) for _ in range(3)], "SplitOptions", numSplits=3))
case("split_v")(lambda m, x: m.add(
    "SPLIT_V", [x, m.constant([1, 4], np.int32), m.constant(2, np.int32)], [m.output((1, 4, 1, 3)), m.output((1, 4, 4, 3))], "SplitVOptions",
    numSplits=2))


@case("shape_arithmetic")
def _(m, x):
    """Keras' way to flatten an image: a shape of computed and known numbers."""
    shape, first, packed = m.tensor((4,), np.int32), m.tensor((), np.int32), m.tensor((2,), np.int32)
    m.add("SHAPE", [x], [shape], "ShapeOptions", outType=schema.TensorType.INT32)
    m.add("STRIDED_SLICE", [shape, m.constant([0], np.int32), m.constant([1], np.int32), m.constant([1], np.int32)], [first],
          "StridedSliceOptions", shrinkAxisMask=1)
    m.add("PACK", [first, m.constant(60, np.int32)], [packed], "PackOptions", axis=0, valuesCount=2)
    m.add("RESHAPE", [x, packed], [m.output((1, 60))])


@case("made_of_numbers")
def _(m, x):
    count, ones = m.tensor((5,), np.float32), m.tensor((5,), np.float32)
    m.add("RANGE", [m.constant(0.0), m.constant(5.0), m.constant(1.0)], [count])
    m.add("FILL", [m.constant([5], np.int32), m.constant(2.0)], [ones])
    zeros, rank, rank_as_float, total = m.tensor((5,)), m.tensor((), np.int32), m.tensor(()), m.tensor((5,))
    m.add("ZEROS_LIKE", [count], [zeros], "ZerosLikeOptions")
    m.add("RANK", [x], [rank])
    m.add("CAST", [rank], [rank_as_float], "CastOptions", inDataType=schema.TensorType.INT32, outDataType=schema.TensorType.FLOAT32)
    m.add("MAXIMUM", [zeros, rank_as_float], [zeros_or_rank := m.tensor((5,))])
    m.add("ADD_N", [count, ones, zeros_or_rank], [total])
    reshaped = m.tensor((5, 1))
    m.add("RESHAPE", [total, m.constant([5, 1], np.int32)], [reshaped])
    m.add("MUL", [x, reshaped], [m.output((1, 4, 5, 3))], "MulOptions")


@case("one_hot", (4,), 0, 4, np.int32)
def _(m, x):
    m.add("ONE_HOT", [x, m.constant(5, np.int32), m.constant(2.0), m.constant(-1.0)], [m.output((4, 5))], "OneHotOptions", axis=-1)


# ---- stored in fewer bits ----------------------------------------------------------------------------------------------------------
@case("float16_weights")
def _(m, x):
    kernel, bias = m.tensor((4, 3, 3, 3)), m.tensor((4,))
    m.add("DEQUANTIZE", [m.constant(weights(4, 3, 3, 3), np.float16)], [kernel], "DequantizeOptions", version=3)
    m.add("DEQUANTIZE", [m.constant(weights(4), np.float16)], [bias], "DequantizeOptions", version=3)
    m.add("CONV_2D", [x, kernel, bias], [m.output((1, 4, 5, 4))], "Conv2DOptions", padding=SAME, strideW=1, strideH=1)


@case("dequantized_weights")
def _(m, x):
    kernel = m.tensor((4, 3, 3, 3))
    stored = RANDOM.integers(-127, 128, (4, 3, 3, 3))
    m.add("DEQUANTIZE", [m.constant(stored, np.int8, scale=[0.01, 0.02, 0.005, 0.03])], [kernel], "DequantizeOptions", version=5)
    m.add("CONV_2D", [x, kernel, m.constant(weights(4))], [m.output((1, 4, 5, 4))], "Conv2DOptions", padding=SAME, strideW=1, strideH=1)


def quantized_conv(m, x, dtype, zero, in_scale, depthwise=False, **options):
    """Weights a channel and symmetric for int8, one scale and any zero point for uint8."""
    limits = np.iinfo(dtype)
    shape, axis = ((1, 3, 3, 3), 3) if depthwise else ((4, 3, 3, 3), 0)
    channels = shape[axis]
    w_scale = [0.011] if dtype == np.uint8 else [0.01, 0.02, 0.005, 0.03][:channels]
    stored = RANDOM.integers(limits.min + (dtype == np.int8), limits.max + 1, shape)
    kernel = m.constant(stored, dtype, scale=w_scale, zero=117 if dtype == np.uint8 else 0, axis=0 if dtype == np.uint8 else axis)
    bias = m.constant(RANDOM.integers(-900, 900, channels), np.int32, scale=[in_scale * scale for scale in w_scale])
    out = m.output((1, 4, 5, channels), dtype, scale=0.11, zero=zero)
    name = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
    extra = {"depthMultiplier": 1} if depthwise else {}
    m.add(name, [x, kernel, bias], [out], "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions", padding=SAME, strideW=1, strideH=1,
          version=3, **extra, **options)


for dtype, zero in ((np.int8, -7), (np.uint8, 121)):
    name = np.dtype(dtype).name
    case("conv_" + name, dtype=dtype, scale=0.025, zero=zero)(lambda m, x, d=dtype, z=zero: quantized_conv(m, x, d, z, 0.025))
    case("conv_relu6_" + name, dtype=dtype, scale=0.025, zero=zero)(
        lambda m, x, d=dtype, z=zero: quantized_conv(m, x, d, z, 0.025, fusedActivationFunction=RELU6))
    case("depthwise_" + name, dtype=dtype, scale=0.025, zero=zero)(lambda m, x, d=dtype, z=zero: quantized_conv(m, x, d, z, 0.025, True))


def quantized(name, operator, others=(), options=None, out=(1, 4, 5, 3), out_scale=0.03, out_zero=5, low=-3.0, version=2, **values):
    @case(name + "_int8", dtype=np.int8, scale=0.025, zero=-7, low=low)
    def _(m, x):
        constants = [m.constant(RANDOM.integers(-120, 120, shape), np.int8, scale=0.02, zero=3) for shape in others]
        m.add(operator, [x, *constants], [m.output(out, np.int8, scale=out_scale, zero=out_zero)], options, version=version, **values)


quantized("add", "ADD", [(1, 4, 5, 3)], "AddOptions", out_scale=0.05)
quantized("mul", "MUL", [(1, 4, 5, 3)], "MulOptions", out_scale=0.06)
quantized("sub", "SUB", [(1, 4, 5, 3)], "SubOptions", out_scale=0.05)
quantized("logistic", "LOGISTIC", out_scale=1 / 256, out_zero=-128)
quantized("tanh", "TANH", out_scale=1 / 128, out_zero=0)
quantized("relu", "RELU", out_scale=0.025, out_zero=-7)
quantized("hard_swish", "HARD_SWISH", out_scale=0.03, out_zero=-100, version=1)
quantized("leaky_relu", "LEAKY_RELU", (), "LeakyReluOptions", alpha=0.1)
quantized("softmax", "SOFTMAX", (), "SoftmaxOptions", out_scale=1 / 256, out_zero=-128, beta=1.0)
quantized("max_pool", "MAX_POOL_2D", (), "Pool2DOptions", out=(1, 2, 3, 3), out_scale=0.025, out_zero=-7, padding=SAME, strideW=2, strideH=2,
          filterWidth=3, filterHeight=3)
quantized("average_pool", "AVERAGE_POOL_2D", (), "Pool2DOptions", out=(1, 2, 3, 3), out_scale=0.025, out_zero=-7, padding=SAME, strideW=2,
          strideH=2, filterWidth=3, filterHeight=3)
quantized("requantize", "QUANTIZE", out_scale=0.04, out_zero=11)
quantized("concatenation", "CONCATENATION", (), "ConcatenationOptions", out_scale=0.025, out_zero=-7, axis=3)


@case("quantized_and_back")
def _(m, x):
    stored, halved = m.tensor((1, 4, 5, 3), np.int8, scale=0.025, zero=-7), m.tensor((1, 4, 5, 3), np.int8, scale=0.02, zero=0)
    m.add("QUANTIZE", [x], [stored], "QuantizeOptions")
    m.add("QUANTIZE", [stored], [halved], "QuantizeOptions")
    m.add("DEQUANTIZE", [halved], [m.output((1, 4, 5, 3))], "DequantizeOptions", version=2)


@case("pad_int8", dtype=np.int8, scale=0.025, zero=-7)
def _(m, x):
    m.add("PAD", [x, m.constant(PADDINGS, np.int32)], [m.output(PADDED, np.int8, scale=0.025, zero=-7)], version=2)


@case("signed_as_unsigned", dtype=np.uint8, scale=0.025, zero=121)
def _(m, x):
    m.add("QUANTIZE", [x], [m.output((1, 4, 5, 3), np.int8, scale=0.025, zero=-7)], "QuantizeOptions")


@case("int16_add", dtype=np.int16, scale=0.001)
def _(m, x):
    other = m.constant(RANDOM.integers(-3000, 3000, (1, 4, 5, 3)), np.int16, scale=0.001)
    m.add("ADD", [x, other], [m.output((1, 4, 5, 3), np.int16, scale=0.002)], "AddOptions", potScaleInt16=False, version=3)


SEEDS = ("conv_uint8", "conv_int8", "depthwise_multiplied", "float16_weights", "shape_arithmetic", "split_v", "unpack", "top_k", "select_less",
         "quantized_and_back", "transpose_conv_same", "fully_connected")


def with_files(content, files):
    """The model with an archive behind it."""
    whole = io.BytesIO(content)
    with zipfile.ZipFile(whole, "a") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def appended():
    """Name to model: with keys as Ultralytics' exporters append them, with labels, and with a quantized input."""
    keys = {"description": "made by a test", "stride": 32, "task": "detect", "imgsz": [32, 32], "names": {0: "person's bag", 1: "bicycle"}}

    def small(dtype=np.float32, **quantization):
        model = Model()
        x = model.input((1, 2, 2, 3), dtype, **quantization)
        model.add("QUANTIZE" if quantization else "ABS", [x], [model.output((1, 2, 2, 3), dtype, **quantization)])
        return model.bytes()

    return {"plain": small(), "json": with_files(small(), {"metadata.json": json.dumps(keys, indent=2)}),
            "python": with_files(small(), {"temp_meta.txt": str(keys)}),
            "labels": with_files(small(), {"labelmap.txt": "person\nbicycle\r\n\ncar\n", "huge.txt": "a" * (1 << 21)}),
            "unsigned": small(np.uint8, scale=1 / 128, zero=128), "signed": small(np.int8, scale=1 / 128, zero=0)}


def write(target, arrays):
    """Arrays as an archive with one date, so that it is the same bytes again."""
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(zipfile.ZipInfo(name + ".npy", (2026, 1, 1, 0, 0, 0)), content.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=Path)
    args = parser.parse_args()
    arrays = {}
    for name, (content, data) in CASES.items():
        try:
            real, outputs, step = run(content, data)
        except Exception as error:
            raise SystemExit(f"{name}: {error}") from error
        arrays |= {f"{name}.tflite": np.frombuffer(content, np.uint8), f"{name}.input": real, f"{name}.step": step}
        arrays |= {f"{name}.output_{i}": output for i, output in enumerate(outputs)}
    write(Path(__file__).parent / "operators.npz", arrays)
    write(Path(__file__).parent / "appended.npz", {name: np.frombuffer(content, np.uint8) for name, content in appended().items()})
    if args.seeds:
        args.seeds.mkdir(parents=True, exist_ok=True)
        for name in SEEDS:
            (args.seeds / f"{name}.tflite").write_bytes(CASES[name][0])
    print(f"{len(CASES)} cases")


if __name__ == "__main__":
    main()
