"""Writes openvino_cases.txt: inputs and outputs of single operations as OpenVINO's CPU plugin computes them.

Each case is "case NAME COUNT_OF_INPUTS COUNT_OF_OUTPUTS", then a line "TYPE SIZES" and a line of values for each tensor.
"""
import sys

import numpy as np
import openvino as ov
from openvino import opset1, opset3, opset4, opset5, opset8, opset11
from openvino import opset8 as op

rng = np.random.default_rng(20)
TYPES = {"float32": "f32", "int64": "i64", "int32": "i32"}


def f32(*shape, low=-1.0, high=1.0):
    return np.round(rng.uniform(low, high, shape), 3).astype(np.float32)


def i64(*values):
    return np.array(values, dtype=np.int64)


def tensor(values):
    sizes = ",".join(map(str, values.shape)) or "-"
    text = " ".join("%.9g" % v if values.dtype == np.float32 else str(v) for v in values.reshape(-1))
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


if __name__ == "__main__":
    with open(sys.argv[1], "w") as out:
        out.write(f"OpenVINO {ov.__version__.split('-')[0]}, CPU plugin, f32\n")
        for group in (convolutions, pools, arithmetic, movers, resizes, quantizers, priors_and_detections,
                      parametrized_activations):
            group()
