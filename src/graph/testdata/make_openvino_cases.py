"""Writes openvino_cases.txt: inputs and outputs of single operations as OpenVINO's CPU plugin computes them.

Each case is "case NAME COUNT_OF_INPUTS COUNT_OF_OUTPUTS", then a line "TYPE SIZES" and a line of values for each tensor.
"""
import sys

import numpy as np
import openvino as ov
from openvino import opset1, opset3, opset4, opset5, opset7, opset8, opset9, opset11
from openvino import opset8 as op

rng = np.random.default_rng(20)
TYPES = {"float32": "f32", "int64": "i64", "int32": "i32", "bool": "boolean"}


def f32(*shape, low=-1.0, high=1.0):
    return np.round(rng.uniform(low, high, shape), 3).astype(np.float32)


def i64(*values):
    return np.array(values, dtype=np.int64)


def tensor(values):
    sizes = ",".join(map(str, values.shape)) or "-"
    text = " ".join("%.9g" % v if values.dtype == np.float32 else str(int(v)) for v in values.reshape(-1))
    return f"{TYPES[str(values.dtype)]} {sizes}\n{text}\n"


def run(inputs, build):
    """The first input is a parameter and so not folded; the others are constants."""
    parameter = op.parameter(list(inputs[0].shape), inputs[0].dtype)
    node = build(parameter, *[op.constant(x) for x in inputs[1:]])
    model = ov.Model([op.result(o) for o in node.outputs()], [parameter])
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = compiled([inputs[0]])
    return [np.array(found[o]) for o in compiled.outputs]


def case(name, inputs, build, keep=None):
    outputs = run(inputs, build)[:keep]
    out.write(f"case {name} {len(inputs)} {len(outputs)}\n")
    for values in [*inputs, *outputs]:
        out.write(tensor(values))


def convolutions():
    case("conv_strided_dilated", [f32(2, 3, 7, 6), f32(4, 3, 3, 2)],
         lambda x, w: op.convolution(x, w, [2, 1], [1, 2], [0, 1], [1, 2]))
    case("group_conv", [f32(1, 4, 5, 5), f32(2, 3, 2, 3, 3)],
         lambda x, w: op.group_convolution(x, w, [1, 1], [1, 1], [1, 1], [1, 1]))
    case("depthwise_conv", [f32(1, 3, 5, 5), f32(3, 1, 1, 3, 3)],
         lambda x, w: op.group_convolution(x, w, [2, 2], [0, 0], [1, 1], [1, 1]))
    case("matmul_transposed", [f32(2, 3, 4), f32(5, 4)], lambda a, b: op.matmul(a, b, False, True))
    case("matmul_stacks", [f32(2, 1, 4, 3), f32(3, 4, 2)], lambda a, b: op.matmul(a, b, True, False))
    case("matmul_list", [f32(4), f32(2, 4, 3)], lambda a, b: op.matmul(a, b, False, False))


def pools():
    def max_pool(kernel, strides, dilations, begin, end, rounding):
        return lambda x: op.max_pool(x, strides, dilations, begin, end, kernel, rounding)

    case("max_pool_ceil", [f32(1, 2, 6, 6)], max_pool([3, 3], [2, 2], [1, 1], [0, 1], [1, 0], "ceil"), 1)
    case("max_pool_dilated", [f32(1, 2, 7, 7)], max_pool([2, 3], [1, 2], [2, 1], [1, 1], [1, 1], "floor"), 1)
    case("max_pool_overhang", [f32(1, 1, 4, 5)], max_pool([2, 2], [3, 3], [1, 1], [0, 0], [0, 0], "ceil"), 1)
    for name, exclude in (("exclude", True), ("include", False)):
        case(f"avg_pool_{name}", [f32(1, 2, 6, 5)],
             lambda x: opset1.avg_pool(x, [2, 2], [1, 1], [0, 1], [3, 3], exclude, "ceil"))


def arithmetic():
    for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum"):
        case(name, [f32(2, 3, 1, 4), f32(3, 2, 1)], getattr(op, name))
    case("power", [f32(2, 3, low=0.1), f32(3)], op.power)
    grid = np.linspace(-8, 8, 41).astype(np.float32)
    for name in ("relu", "sigmoid", "tanh", "exp", "abs", "negative", "floor"):
        case(name, [grid], getattr(op, name))
    case("sqrt", [np.abs(grid)], op.sqrt)
    case("soft_plus", [grid], opset4.softplus)
    case("mish", [grid], opset4.mish)
    case("swish", [grid], opset4.swish)
    case("h_swish", [grid], opset4.hswish)
    case("h_sigmoid", [grid], opset5.hsigmoid)
    case("clamp", [grid], lambda x: op.clamp(x, -1.5, 6.0))
    case("p_relu", [f32(1, 3, 2, 2), f32(3)], op.prelu)
    case("soft_max", [f32(2, 3, 4, low=-5, high=5)], lambda x: op.softmax(x, -2))
    case("reduce_mean", [f32(2, 3, 4, 5), i64(3, -3)], lambda x, axes: op.reduce_mean(x, axes, False))


def movers():
    def slice_with(begin_mask, end_mask, new_axis, shrink, ellipsis):
        return lambda x, b, e, s: op.strided_slice(x, b, e, s, begin_mask, end_mask, new_axis, shrink, ellipsis)

    case("slice_masks", [f32(3, 4, 5), i64(1, 0, 1), i64(3, 2, 4), i64(1, 1, 2)], slice_with([0, 1, 0], [0, 0, 1], [], [], []))
    case("slice_backward", [f32(3, 4, 5), i64(-1, 2, 4), i64(-9, 0, 1), i64(-1, -1, -2)],
         slice_with([0, 0, 1], [0, 1, 0], [], [], []))
    case("slice_ellipsis", [f32(2, 3, 4, 5), i64(0, 1, 0, -2), i64(0, 2, 0, 9), i64(1, 1, 1, 1)],
         slice_with([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]))
    case("slice_shrink", [f32(2, 3, 4), i64(1, 0, -1), i64(2, 3, 0), i64(1, 1, 1)],
         slice_with([0, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1], [0, 0, 0]))
    case("transpose", [f32(2, 3, 4, 2), i64(0, 3, 1, 2)], op.transpose)
    case("gather", [f32(3, 4, 2), i64(2, -1, 0), i64(1)[0:1].reshape(())], lambda x, i, a: op.gather(x, i, a))
    case("pad", [f32(2, 3), i64(1, 0), i64(0, 2), np.array(0.5, np.float32)],
         lambda x, b, e, v: op.pad(x, b, e, "constant", v))
    case("reorg_yolo", [f32(1, 8, 4, 6)], lambda x: opset3.reorg_yolo(x, [2]))
    case("variadic_split", [f32(2, 6, 2), i64(1)[0:1].reshape(()), i64(1, -1, 2)], op.variadic_split)


def resizes():
    def resize(mode, coordinates, nearest="floor"):
        return lambda x, sizes: opset11.interpolate(
            x, sizes, mode, "sizes", axes=op.constant(i64(2, 3)), coordinate_transformation_mode=coordinates, nearest_mode=nearest)

    image = f32(1, 2, 4, 5)
    case("nearest_asymmetric_floor", [image, i64(8, 10)], resize("nearest", "asymmetric"))
    case("nearest_down", [image, i64(3, 2)], resize("nearest", "asymmetric"))
    case("nearest_half_pixel", [image, i64(7, 3)], resize("nearest", "half_pixel", "round_prefer_floor"))
    case("nearest_prefer_ceil", [image, i64(8, 10)], resize("nearest", "half_pixel", "round_prefer_ceil"))
    case("nearest_align_ceil", [image, i64(7, 9)], resize("nearest", "align_corners", "ceil"))
    for coordinates in ("half_pixel", "asymmetric", "align_corners"):
        case(f"linear_{coordinates}", [image, i64(7, 11)], resize("linear_onnx", coordinates))
    case("linear_down", [image, i64(3, 2)], resize("linear_onnx", "half_pixel"))


def quantizers():
    low, high = np.array([[[-1]], [[-0.5]]], np.float32), np.array([[[1]], [[0.75]]], np.float32)
    case("fake_quantize", [f32(1, 2, 4, 4, low=-1.5, high=1.5), low, high, low, high],
         lambda x, *r: op.fake_quantize(x, *r, 255))
    one = lambda v: np.array([v], np.float32)
    case("fake_quantize_other_range", [f32(2, 9, low=-0.2, high=3.2), one(0.0), one(3.0), one(-1.0), one(2.0)],
         lambda x, *r: op.fake_quantize(x, *r, 16))


def priors_and_detections():
    def clustered(**attributes):
        return lambda grid, image: opset1.prior_box_clustered(grid, image, attributes)

    case("prior_box_clustered", [i64(2, 3), i64(300, 200)],
         clustered(width=[30.0, 84.8528], height=[30.0, 42.4264], clip=False, step=0.0, offset=0.5,
                   variance=[0.1, 0.1, 0.2, 0.2]))
    case("prior_box_clustered_clip", [i64(2, 2), i64(100, 120)],
         clustered(width=[90.0], height=[70.0], clip=True, step_w=50.0, step_h=40.0, offset=0.25, variance=[]))

    def detection(**more):
        attributes = dict(background_label_id=0, top_k=-1, keep_top_k=[12], nms_threshold=0.45, confidence_threshold=0.2,
                          code_type="caffe.PriorBoxParameter.CENTER_SIZE", share_location=True, normalized=True,
                          variance_encoded_in_target=False, clip_before_nms=False, clip_after_nms=False, input_height=1,
                          input_width=1, decrease_label_id=False, objectness_score=0.0)
        attributes.update(more)
        return lambda codes, scores, priors: opset8.detection_output(codes, scores, priors, attributes)

    def scene(images, priors, classes, score_step=1e-4, variance=True, sets=1):
        center, size = rng.uniform(0.2, 0.8, (sets, priors, 2)), rng.uniform(0.2, 0.6, (sets, priors, 2))
        boxes = np.concatenate([center - size / 2, center + size / 2], 2).reshape(sets, 1, -1)
        variances = np.tile([0.1, 0.1, 0.2, 0.2], priors).reshape(1, 1, -1).repeat(sets, 0)
        scores = np.round(rng.uniform(0, 1, (images, priors * classes)) / score_step) * score_step
        rows = np.concatenate([boxes, variances], 1) if variance else boxes
        codes = f32(images, priors * 4, low=-0.3, high=0.3) * (5 if variance else 1)
        return [codes, scores.astype(np.float32), np.round(rows, 4).astype(np.float32)]

    case("detection_cut", scene(1, 30, 3), detection())
    case("detection_images", scene(2, 12, 4, sets=2), detection(keep_top_k=[40], clip_after_nms=True))
    case("detection_ties", scene(1, 24, 4, score_step=0.25), detection(keep_top_k=[9], confidence_threshold=0.1))
    case("detection_top_k", scene(1, 30, 3, score_step=0.1), detection(top_k=4, keep_top_k=[10], clip_before_nms=True))
    case("detection_encoded", scene(1, 16, 3, variance=False), detection(variance_encoded_in_target=True))
    case("detection_no_background", scene(1, 8, 3), detection(background_label_id=-1, keep_top_k=[30]))


def parametrized_activations():
    for name, alpha, beta in (("hard_sigmoid", 0.2, 0.5), ("hard_sigmoid_falling", -0.4, 0.75)):
        case(name, [f32(1, 3, 4, 4, low=-4, high=4), np.float32(alpha), np.float32(beta)], op.hard_sigmoid)


def more_arithmetic():
    edges = np.array([-np.inf, -2.5, -1.5, -0.5, -0.0, 0.0, 0.3, 0.5, 1.5, 2.5, 7.0, np.inf, np.nan], np.float32)
    whole = np.array([-7, -3, -1, 0, 1, 2, 5, 9], np.int64)
    for name, by in (("mod", op.mod), ("floor_mod", op.floor_mod)):
        case(name, [np.array([-5.5, 5.5, -5.5, 5.5, 6, -6], np.float32), np.array([2, -2, -2, 2, 3, 3], np.float32)], by)
        case(f"{name}_i64", [np.array([-7, 7, -7, 7, 6, -6], np.int64), np.array([3, -3, -3, 3, 3, 3], np.int64)], by)
    case("squared_difference", [f32(2, 3, 1), f32(3, 4)], op.squared_difference)
    for name, by in (("ceiling", op.ceiling), ("sign", op.sign), ("round", lambda x: op.round(x, "half_to_even"))):
        case(name, [edges], by)
    case("sign_i64", [whole], op.sign)
    case("log", [np.array([0.001, 0.5, 1, 2.71828, 1000, np.inf], np.float32)], op.log)
    grid = np.linspace(-6, 6, 49).astype(np.float32)
    for name, by in (("erf", op.erf), ("sin", op.sin), ("cos", op.cos), ("elu", lambda x: op.elu(x, 1.7)),
                     ("gelu", lambda x: opset7.gelu(x, "ERF")), ("gelu_tanh", lambda x: opset7.gelu(x, "TANH"))):
        case(name, [grid], by)


def logic():
    # No NaN: the plugin's vector code finds it greater than itself, its scalar code does not.
    a, b = np.array([[1, 2, np.inf]], np.float32), np.array([[1], [3], [np.inf]], np.float32)
    for name in ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal"):
        case(name, [a, b], getattr(op, name))
        case(f"{name}_i64", [i64(1, 2, 3), i64(2)], getattr(op, name))
    p, q = np.array([[True, False]]), np.array([[True], [False]])
    for name in ("logical_and", "logical_or", "logical_xor"):
        case(name, [p, q], getattr(op, name))
    case("logical_not", [p], op.logical_not)
    case("select", [np.array([[True], [False]]), f32(3), f32(2, 1, 1)], op.select)
    case("select_i64", [np.array([True, False, True]), i64(1, 2, 3), i64(7)], op.select)


def reductions():
    data = f32(2, 3, 4, low=-2, high=2)
    for name in ("sum", "max", "min", "prod", "l1", "l2"):
        by = getattr(op, f"reduce_{name}")
        case(f"reduce_{name}", [data, i64(1, -1)], lambda x, axes: by(x, axes, True))
    case("reduce_sum_i64", [np.arange(6, dtype=np.int64).reshape(2, 3), i64(0)], lambda x, axes: op.reduce_sum(x, axes, False))
    case("reduce_sum_of_empty", [np.zeros((2, 0), np.float32), i64(1)], lambda x, axes: op.reduce_sum(x, axes, False))
    for exclusive in (False, True):
        for reverse in (False, True):
            case(f"cum_sum_{int(exclusive)}{int(reverse)}", [data, i64(-2)[0:1].reshape(())],
                 lambda x, axis: op.cum_sum(x, axis, exclusive, reverse))
    case("mvn", [f32(2, 3, 4, 5), i64(2, -1)], lambda x, axes: op.mvn(x, axes, True, 1e-2, "INSIDE_SQRT"))
    case("mvn_outside", [f32(2, 3, 4), i64(2)], lambda x, axes: op.mvn(x, axes, True, 1e-1, "OUTSIDE_SQRT"))
    case("mvn_mean_alone", [f32(2, 3, 4), i64(1, 2)], lambda x, axes: op.mvn(x, axes, False, 1e-5, "INSIDE_SQRT"))


def best():
    def top_k(axis, mode, sort, type="i64"):
        return lambda x, k: opset11.topk(x, k, axis, mode, sort, type, sort != "none")

    k = lambda n: np.array(n, np.int64)
    ties = np.round(f32(3, 7, 2) * 2).astype(np.float32)
    case("top_k", [ties, k(4)], top_k(1, "max", "value"))
    case("top_k_min", [ties, k(5)], top_k(-2, "min", "value", "i32"))
    case("top_k_by_index", [ties, k(3)], top_k(1, "max", "index"))
    case("top_k_all", [ties, k(2)], top_k(2, "max", "value"))
    case("top_k_i32", [np.array([3, 1, 3, 2], np.int32), k(3)], top_k(0, "max", "value"))


def more_movers():
    modes = {"edge": [9, 0], "reflect": [2, 1], "symmetric": [3, 2]}
    for mode, pads in modes.items():
        case(f"pad_{mode}", [f32(2, 3), i64(0, pads[0]), i64(1, pads[1])],
             lambda x, b, e: op.pad(x, b, e, mode))
    one = lambda v: np.array(v, np.int64)
    case("range", [one(3), one(-9), one(-4)], lambda a, b, c: op.range(a, b, c, "i64"))
    case("range_f32", [np.float32(0.5), np.float32(2.2), np.float32(0.5)], lambda a, b, c: op.range(a, b, c, "f32"))
    case("range_empty", [one(3), one(3), one(1)], lambda a, b, c: op.range(a, b, c, "i64"))
    case("tile", [f32(2, 1, 3), i64(2, 3)], op.tile)
    case("tile_longer", [f32(2, 3), i64(2, 1, 2)], op.tile)
    case("broadcast", [f32(2, 1), i64(3, 2, 4)], lambda x, s: op.broadcast(x, s))
    case("broadcast_both_ways", [f32(2, 1, 4), i64(3, 1)], lambda x, s: op.broadcast(x, s, broadcast_spec="BIDIRECTIONAL"))
    on, off = np.array(2, np.float32), np.array(-1, np.float32)
    case("one_hot", [np.array([[0, 2], [1, 5]], np.int64), one(3), on, off], lambda i, d, a, b: op.one_hot(i, d, a, b, 1))
    case("one_hot_last", [np.array([-1, 2], np.int64), one(3), on, off], lambda i, d, a, b: op.one_hot(i, d, a, b, -1))
    for mode in ("blocks_first", "depth_first"):
        case(f"depth_to_space_{mode}", [f32(2, 12, 2, 3)], lambda x: op.depth_to_space(x, mode, 2))
        case(f"space_to_depth_{mode}", [f32(2, 3, 4, 6)], lambda x: op.space_to_depth(x, mode, 2))


def gathers():
    indices = lambda *shape, high, low=0: rng.integers(low, high, shape).astype(np.int64)
    one = lambda v: np.array(v, np.int64)
    case("gather_batched", [f32(2, 3, 4), indices(2, 5, high=4, low=-4), one(2)], lambda x, i, a: op.gather(x, i, a, 1))
    case("gather_batched_axis", [f32(2, 3, 4), indices(2, 2, high=3), one(-2)], lambda x, i, a: op.gather(x, i, a, 1))
    case("gather_elements", [f32(3, 4, 2), indices(3, 5, 2, high=4, low=-4)], lambda x, i: op.gather_elements(x, i, 1))
    case("gather_nd", [f32(3, 4, 2), indices(5, 2, high=3)], lambda x, i: op.gather_nd(x, i, 0))
    case("gather_nd_batched", [f32(2, 3, 4, 2), indices(2, 3, 5, 1, high=4)], lambda x, i: op.gather_nd(x, i, 2))
    case("gather_nd_all", [f32(3, 4), indices(5, 2, high=3)], lambda x, i: op.gather_nd(x, i, 0))
    case("scatter_elements", [f32(3, 4), np.array([[0, -1], [2, 1]], np.int64), f32(2, 2), one(1)],
         lambda x, i, u, a: opset3.scatter_elements_update(x, i, u, a))
    case("scatter_nd", [f32(4, 3), np.array([[2], [0]], np.int64), f32(2, 3)], lambda x, i, u: opset4.scatter_nd_update(x, i, u))
    case("scatter_nd_twice", [f32(4), np.array([[2], [0], [2]], np.int64), f32(3)], lambda x, i, u: opset4.scatter_nd_update(x, i, u))


def grids():
    data, grid = f32(2, 2, 4, 5), f32(2, 3, 6, 2, low=-2.2, high=2.2)
    grid[0, 0, :, :] = [[-1, -1], [1, 1], [0, 0], [0.5, -0.25], [-1, 0.999], [3, -5]]
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                case(f"grid_{mode}_{padding}_{int(corners)}", [data, grid], lambda x, g: opset9.grid_sample(
                    x, g, {"align_corners": corners, "mode": mode, "padding_mode": padding}))
    case("grid_one_pixel", [f32(1, 1, 1, 1), f32(1, 2, 2, 2)], lambda x, g: opset9.grid_sample(
        x, g, {"align_corners": True, "mode": "bilinear", "padding_mode": "reflection"}))


def transposed_convolutions():
    def backprop(by, strides, begin, end, dilations, more):
        return lambda x, w: by(x, w, strides, pads_begin=begin, pads_end=end, dilations=dilations, output_padding=more)

    case("deconv", [f32(2, 3, 3, 4), f32(3, 2, 3, 2)],
         backprop(op.convolution_backprop_data, [2, 1], [1, 0], [0, 1], [1, 2], [1, 0]))
    case("deconv_dilated", [f32(1, 1, 3, 3), f32(1, 1, 2, 2)],
         backprop(op.convolution_backprop_data, [3, 3], [0, 0], [0, 0], [2, 1], [0, 2]))
    case("group_deconv", [f32(1, 4, 3, 3), f32(2, 2, 3, 2, 2)],
         lambda x, w: op.group_convolution_backprop_data(x, w, [2, 2], pads_begin=[1, 0], pads_end=[0, 0], dilations=[1, 1],
                                                         output_padding=[0, 1]))


def cubic_resizes():
    def resize(coordinates, coefficient=-0.75):
        return lambda x, sizes: opset11.interpolate(x, sizes, "cubic", "sizes", axes=op.constant(i64(2, 3)),
                                                    coordinate_transformation_mode=coordinates, cube_coeff=coefficient)

    image = f32(1, 2, 4, 5)
    case("cubic_half_pixel", [image, i64(7, 11)], resize("half_pixel"))
    case("cubic_align_corners", [image, i64(7, 9)], resize("align_corners", -0.5))
    case("cubic_down", [image, i64(3, 2)], resize("half_pixel"))


if __name__ == "__main__":
    with open(sys.argv[1], "w") as out:
        out.write(f"OpenVINO {ov.__version__.split('-')[0]}, CPU plugin, f32\n")
        for group in (convolutions, pools, arithmetic, movers, resizes, quantizers, priors_and_detections,
                      parametrized_activations, more_arithmetic, logic, reductions, best, more_movers, gathers, grids,
                      transposed_convolutions, cubic_resizes):
            group()
