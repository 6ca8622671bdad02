#!/usr/bin/env python3
"""Writes the IRs that import_recorded_test.cc reads, and what OpenVINO computes with them: python3 make_models.py
NAME.xml, NAME.bin, NAME.in.npz, NAME.out.npz. Needs openvino (and nncf for one of them); VERSIONS says which were used."""
import os

import numpy as np
import openvino as ov
from openvino import opset13 as op
import openvino.opset1 as op1
import openvino.opset4 as op4
import openvino.opset7 as op7
import openvino.opset8 as op8
import openvino.opset14 as op14

HERE = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(7)


def const(values, kind=None):
    return op.constant(np.asarray(values, kind))


def ints(*values):
    return const(values, np.int64)


def noise(*shape):
    return const(rng.normal(0, 0.5, shape), np.float32)


class Net:
    """Collects named results of one input x."""

    def __init__(self, name, shape=(1, 4, 9, 7)):
        self.name, self.results = name, []
        self.x = op.parameter(list(shape), np.float32, name="x")
        self.x.output(0).set_names({"x"})

    def out(self, name, node, port=0):
        node.set_friendly_name(name + "/node")
        node.output(port).set_names({name})
        self.results.append(op.result(node.output(port)))
        return node

    def model(self):
        return ov.Model(self.results, [self.x], self.name)


def record(model, name, save):
    path = os.path.join(HERE, name + ".xml")
    save(model, path)
    read = ov.Core().read_model(path)
    data = {p.get_any_name(): rng.uniform(-3, 3, list(p.shape)).astype(np.float32) for p in read.inputs}
    compiled = ov.Core().compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "EXECUTION_MODE_HINT": "ACCURACY"})
    results = compiled(list(data.values()))
    np.savez_compressed(os.path.join(HERE, name + ".in.npz"), **data)
    np.savez_compressed(os.path.join(HERE, name + ".out.npz"),
                        **{p.get_any_name(): results[i] for i, p in enumerate(compiled.outputs)})


def math_ops():
    net = Net("math")
    x, positive = net.x, op.add(op.abs(net.x), const(0.1, np.float32))
    for kind in (op.add, op.subtract, op.multiply, op.divide, op.maximum, op.minimum):
        net.out(kind.__name__, kind(x, noise(1, 4, 1, 1)))
    net.out("power", op.power(positive, const(1.5, np.float32)))
    for kind in (op.relu, op.sigmoid, op.tanh, op.exp, op.abs, op.negative, op.floor, op4.softplus, op4.mish, op4.swish, op4.hswish, op.hsigmoid):
        net.out(kind.__name__, kind(x))
    net.out("swish_beta", op4.swish(x, const(1, np.float32)))
    net.out("sqrt", op.sqrt(positive))
    net.out("clamp", op.clamp(x, -0.6, 1.1))
    net.out("clamp_open", op.clamp(x, 0.1, float("inf")))
    net.out("prelu", op.prelu(x, noise(4)))
    net.out("softmax1", op1.softmax(x, 1))
    net.out("softmax8", op8.softmax(x, -2))
    net.out("matmul", op.matmul(x, noise(5, 7), False, True))
    net.out("convert", op.convert(op.convert(x, "i32"), "f32"))
    net.out("fake_quantize", op.fake_quantize(x, const([[[[-1.28]]]], np.float32), const([[[[1.27]]]], np.float32),
                                              const([[[[-1.28]]]], np.float32), const([[[[1.27]]]], np.float32), 256))
    net.out("reduce_mean", op.reduce_mean(x, ints(2, 3), True))
    net.out("reduce_mean_flat", op.reduce_mean(x, ints(-1), False))
    return net.model()


def window_ops():
    net = Net("window")
    x, weights, grouped = net.x, noise(6, 4, 3, 3), noise(4, 1, 1, 3, 2)
    for pad in ("explicit", "same_upper", "same_lower", "valid"):
        net.out("conv_" + pad, op.convolution(x, weights, [2, 1], [1, 0], [0, 2], [1, 2], pad))
        net.out("group_" + pad, op.group_convolution(x, grouped, [1, 2], [1, 0], [0, 1], [1, 1], pad))
        net.out("max1_" + pad, op1.max_pool(x, [2, 2], [1, 0], [1, 1], [3, 2], "ceil", pad))
        net.out("max8_" + pad, op8.max_pool(x, [2, 1], [2, 2], [0, 1], [1, 0], [2, 2], "floor", pad))
        # Where padding counts and a window hangs over the end, OpenVINO's CPU plugin and its specification divide by different numbers.
        for exclude, rounding in ((False, "floor"), (True, "ceil")):
            net.out(f"avg_{pad}_{exclude}", op1.avg_pool(x, [2, 2], [1, 0], [1, 1], [2, 3], exclude, rounding, pad))
    for rounding in ("floor", "ceil", "ceil_torch"):
        net.out("max14_" + rounding, op14.max_pool(x, [2, 2], [1, 1], [0, 0], [1, 1], [2, 2], rounding, "explicit"))
        net.out("avg14_" + rounding, op14.avg_pool(x, [2, 2], [0, 0], [1, 1], [2, 2], True, rounding, "explicit"))
    return net.model()


def shape_ops():
    net = Net("shape", (2, 4, 6, 8))
    x = net.x
    net.out("concat", op.concat([x, op.relu(x)], -3))
    for i, part in enumerate(op.split(x, const(1, np.int64), 2).outputs()):
        net.out(f"split{i}", op.relu(part))
    for i, part in enumerate(op.variadic_split(x, const(-1, np.int64), ints(3, -1, 1)).outputs()):
        net.out(f"variadic{i}", op.relu(part))
    net.out("strided_slice", op.strided_slice(x, ints(0, 1, -2, 0), ints(1, 3, 0, 7), ints(1, 1, -1, 2), [1, 0, 1, 0], [0, 0, 1, 0], [], [1, 0, 0, 0]))
    net.out("strided_new_axis", op.strided_slice(x, ints(0, 0), ints(1, 1), ints(1, 1), [0, 0], [0, 0], [1, 0], [0, 0], [0, 1]))
    net.out("slice", op8.slice(x, ints(1, -1), ints(100, -100), ints(2, -3), ints(2, -1)))
    net.out("slice_all", op8.slice(x, ints(1, 1, 5, 0), ints(2, 3, -7, 4), ints(1, 1, -1, 1)))
    net.out("reshape", op.reshape(x, ints(0, -1, 16), True))
    net.out("reshape_plain", op.reshape(x, ints(-1, 8), False))
    net.out("transpose", op.transpose(x, ints(0, 2, 3, 1)))
    net.out("transpose_reversed", op.transpose(x, const(np.zeros(0), np.int64)))
    unsqueezed = net.out("unsqueeze", op.unsqueeze(x, ints(0, -1)))
    net.out("squeeze", op.squeeze(unsqueezed, ints(0)))
    net.out("pad", op.pad(x, ints(0, 0, 1, 2), ints(0, 1, 0, 1), "constant", const(0.5, np.float32)))
    net.out("pad_zero", op1.pad(x, ints(0, 0, 1, 2), ints(0, 1, 0, 1), "constant"))
    net.out("shape_of", op.shape_of(x, "i32"))
    net.out("gather1", op1.gather(x, ints(2, 0), const(1, np.int64)))
    net.out("gather7", op7.gather(x, const([[1, 0]], np.int32), const(2, np.int64), 0))
    net.out("gather8", op8.gather(x, const(-1, np.int64), const(3, np.int64), 0))
    net.out("reorg", op.reorg_yolo(x, [2]))
    # What is computed from shapes alone becomes constant.
    sizes = op.shape_of(x)
    batch = op.gather(sizes, ints(0), const(0, np.int64))
    net.out("reshape_computed", op.reshape(x, op.concat([batch, ints(-1), ints(48)], 0), False))
    doubled = op.convert(op.multiply(op.convert(op.strided_slice(sizes, ints(2), ints(4), ints(1), [0], [0]), "f32"), const([2, 2], np.float32)), "i64")
    net.out("resize_computed", op.interpolate(x, doubled, "nearest", "sizes", coordinate_transformation_mode="asymmetric",
                                              nearest_mode="floor", axes=ints(2, 3)))
    return net.model()


def resize_ops():
    net = Net("resize", (1, 2, 5, 6))
    for rule in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
        for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"):
            net.out(f"nearest_{rule}_{rounding}", op.interpolate(net.x, ints(10, 9), "nearest", "sizes", coordinate_transformation_mode=rule,
                                                                 nearest_mode=rounding, axes=ints(2, 3)))
        for mode in ("linear", "linear_onnx"):
            net.out(f"{mode}_{rule}_up", op.interpolate(net.x, ints(13, 9), mode, "sizes", coordinate_transformation_mode=rule, axes=ints(2, 3)))
        net.out(f"linear_{rule}_down", op.interpolate(net.x, ints(3, 4), "linear_onnx", "sizes", coordinate_transformation_mode=rule, axes=ints(2, 3)))
    net.out("nearest_tf", op.interpolate(net.x, ints(7, 15), "nearest", "sizes", coordinate_transformation_mode="tf_half_pixel_for_nn",
                                         nearest_mode="floor", axes=ints(2, 3)))
    net.out("nearest_down_simple", op.interpolate(net.x, ints(3, 4), "nearest", "sizes", coordinate_transformation_mode="asymmetric",
                                                  nearest_mode="simple", axes=ints(2, 3)))
    net.out("scales", op.interpolate(net.x, const([2, 1.5], np.float32), "nearest", "scales", coordinate_transformation_mode="asymmetric",
                                     nearest_mode="floor", axes=ints(2, 3)))
    net.out("swapped_axes", op.interpolate(net.x, ints(12, 10), "nearest", "sizes", coordinate_transformation_mode="asymmetric",
                                           nearest_mode="floor", axes=ints(3, 2)))
    net.out("all_axes", op.interpolate(net.x, const([1, 1, 2, 2], np.float32), "nearest", "scales",
                                       coordinate_transformation_mode="asymmetric", nearest_mode="floor"))
    # opset1 has one form a mode: its attributes are a dictionary.
    for mode in ("nearest", "linear"):
        for corners in (False, True):
            node = op1.interpolate(net.x, ints(10, 12), {"axes": np.array([2, 3]), "mode": mode, "align_corners": corners, "antialias": False,
                                                         "pads_begin": np.array([0]), "pads_end": np.array([0])})
            net.out(f"opset1_{mode}_{corners}", node)
    return net.model()


def detector():
    """SSD of two grids, its post-processing included."""
    x = op.parameter([1, 4, 8, 8], np.float32, name="x")
    x.output(0).set_names({"x"})
    image = op.strided_slice(op.shape_of(x), ints(2), ints(4), ints(1), [0], [0])
    features, codes, scores, priors = x, [], [], []
    for grid in (4, 2):
        features = op.relu(op.convolution(features, noise(4, 4, 3, 3), [2, 2], [1, 1], [1, 1], [1, 1]))
        for heads, count in ((codes, 4), (scores, 3)):
            head = op.convolution(features, noise(2 * count, 4, 1, 1), [1, 1], [0, 0], [0, 0], [1, 1])
            heads.append(op.reshape(op.transpose(head, ints(0, 2, 3, 1)), ints(1, -1), False))
        cells = op.strided_slice(op.shape_of(features), ints(2), ints(4), ints(1), [0], [0])
        prior = op.prior_box_clustered(cells, image, {"width": np.array([3.5, 2.0 * 8 / grid], np.float32), "height": np.array([4.25, 5.0], np.float32),
                                                      "clip": grid == 2, "step": 0.0, "step_widths": 8.0 / grid, "step_heights": 8.0 / grid,
                                                      "offset": 0.5, "variance": np.array([0.1, 0.1, 0.2, 0.2], np.float32)})
        priors.append(op.unsqueeze(prior, ints(0)))
    scores = op.reshape(op.softmax(op.reshape(op.concat(scores, 1), ints(1, -1, 3), False), 2), ints(1, -1), False)
    for name, module, extra in (("detection8", op8, {}), ("detection1", op1, {"num_classes": 3})):
        attributes = {"background_label_id": 0, "top_k": 30, "keep_top_k": np.array([10], np.int32), "code_type": "caffe.PriorBoxParameter.CENTER_SIZE",
                      "share_location": True, "nms_threshold": 0.45, "confidence_threshold": 0.1, "variance_encoded_in_target": False,
                      "clip_after_nms": name == "detection8", "normalized": True, **extra}
        node = module.detection_output(op.concat(codes, 1), scores, op.concat(priors, 2), attributes)
        node.output(0).set_names({name})
        yield ov.Model([op.result(node)], [x], name), name


def small_net():
    net = Net("small", (1, 3, 8, 8))
    y = net.x
    for inputs, outputs in ((3, 8), (8, 8)):
        y = op.relu(op.add(op.convolution(y, noise(outputs, inputs, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1]), noise(1, outputs, 1, 1)))
    y = op.group_convolution(y, noise(8, 1, 1, 3, 3), [1, 1], [1, 1], [1, 1], [1, 1])
    net.out("heads", op.convolution(y, noise(5, 8, 1, 1), [1, 1], [0, 0], [0, 0], [1, 1]))
    model = net.model()
    model.set_rt_info("ssd", ["model_info", "model_type"])
    model.set_rt_info([1.5, 2.0], ["model_info", "nested", "list"])
    return model


def zero_between_levels():
    """Zero is 0.39 of a step above the lowest level, as NNCF leaves it; the convolution is one of integers."""
    net, own = Net("zero_between_levels", (1, 8, 6, 6)), np.random.default_rng(11)
    limits = [const(np.full((1, 1, 1, 1), limit), np.float32) for limit in (-0.003, 1.95)]
    data = op.fake_quantize(net.x, *limits, *limits, 256)
    weights = op.convert(const(own.integers(-127, 128, (16, 8, 3, 3)), np.int8), np.float32)
    weights = op.multiply(weights, const(own.uniform(0.001, 0.01, (16, 1, 1, 1)), np.float32))
    net.out("sum", op.convolution(data, weights, [1, 1], [1, 1], [1, 1], [1, 1]))
    return net.model()


def serialize(model, path):
    ov.serialize(model, path)


def main():
    for build in (math_ops, window_ops, shape_ops, resize_ops):
        record(build(), build.__name__, serialize)
    for model, name in detector():
        record(model, name, serialize)
    record(small_net(), "compressed", ov.save_model)
    versions = [f"openvino {ov.__version__}", f"numpy {np.__version__}"]
    try:
        import nncf
        data = [rng.uniform(-3, 3, (1, 3, 8, 8)).astype(np.float32) for _ in range(8)]
        quantized = nncf.quantize(small_net(), nncf.Dataset(data), subset_size=8)
        record(quantized, "quantized", ov.save_model)
        versions.append(f"nncf {nncf.__version__}")
    except ImportError:
        print("no nncf: quantized.* is left as it is")
    record(zero_between_levels(), "zero_between_levels", serialize)
    with open(os.path.join(HERE, "VERSIONS"), "w") as file:
        file.write("\n".join(versions) + "\n")


main()
