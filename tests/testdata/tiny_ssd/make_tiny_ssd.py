"""Writes a small SSD in the form of the TensorFlow Object Detection API, and what NumPy computes with it.

    pip install numpy==2.4.6 opencv-python-headless==5.0.0.93 protobuf==7.36.2 openvino==2026.4.1
    python3 make_tiny_ssd.py          (beside this file, in a clone; needs protoc)

tiny_ssd.pb     a frozen graph with the nodes of an exported SSD MobileNet v1: the resize in a while loop over the batch, depthwise and
                pointwise convolutions with FusedBatchNorm and Relu6, two feature maps, box and class predictors, anchors, the box coder, and
                the suppression of each class in a second while loop. 64x64, 240 anchors, background and three classes, random weights.
reference.npz   of the first picture: input (Preprocessor/sub, NHWC), box_encodings, class_logits; and anchors
instances_val2017.json
                pictures of demo/coco with the boxes that NumPy detects with scores above a half as the truth, so that whoever runs the graph
                right has an average precision of 1

The network is written and computed here without TensorFlow. OpenVINO's TensorFlow frontend, another reader of the file, has to find the same
encodings, logits and boxes from the first picture.
"""
import json
import math
import pathlib
import subprocess
import tempfile

import cv2
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SIDE, CLASSES = 64, 3
CATEGORIES = {1: "person", 2: "bicycle", 3: "car"}
SCORE_THRESHOLD, IOU_THRESHOLD, KEPT = 0.3, 0.6, 20
TRUTH_SCORE, PICTURES = 0.5, 12
GRIDS = [8, 4]
# Height and width of the three anchors of a cell, as fractions of the picture.
ANCHORS = [[(0.2, 0.2), (0.15, 0.3), (0.3, 0.15)], [(0.5, 0.5), (0.4, 0.7), (0.7, 0.4)]]
# Kind, kernel, stride, outputs; the maps are what the layers named so give.
LAYERS = [
    ("Conv2d_0", "conv", 3, 2, 8),
    ("Conv2d_1_depthwise", "depthwise", 3, 1, 8), ("Conv2d_1_pointwise", "conv", 1, 1, 16),
    ("Conv2d_2_depthwise", "depthwise", 3, 2, 16), ("Conv2d_2_pointwise", "conv", 1, 1, 16),
    ("Conv2d_3_depthwise", "depthwise", 3, 2, 16), ("Conv2d_3_pointwise", "conv", 1, 1, 24),
    ("Conv2d_3_pointwise_1_Conv2d_2_1x1_12", "conv", 1, 1, 12), ("Conv2d_3_pointwise_2_Conv2d_2_3x3_s2_24", "conv", 3, 2, 24),
]
MAPS = ["Conv2d_3_pointwise", "Conv2d_3_pointwise_2_Conv2d_2_3x3_s2_24"]
FLOAT, INT32, UINT8 = 1, 3, 4


# ---- the graph ------------------------------------------------------------------------------------------------------------
def message_class():
    """GraphDef as src/formats/tensorflow/graph_def.proto describes it."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["protoc", f"-I{ROOT}/src/formats/tensorflow", f"--descriptor_set_out={file.name}", "graph_def.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(file.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(files.file[0])
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("octet.tensorflow.proto.GraphDef"))


class Writer:
    def __init__(self):
        self.graph = message_class()()

    def node(self, op, name, *inputs, **attributes):
        node = self.graph.node.add(op=op.encode(), name=name.encode(), input=[i.encode() for i in inputs])
        for key, value in attributes.items():
            entry = node.attr.add(key=key.encode()).value
            if isinstance(value, bool):
                entry.b = value
            elif isinstance(value, float):
                entry.f = value
            elif isinstance(value, str):
                entry.s = value.encode()
            elif isinstance(value, list):
                entry.list.i.extend(value)
            elif isinstance(value, int) and key in ("T", "SrcT", "DstT", "dtype"):
                entry.type = value
            elif isinstance(value, int):
                entry.i = value
            else:
                value(entry)
        return name

    def constant(self, name, value, dtype=np.float32):
        array = np.asarray(value, dtype)
        kind = FLOAT if dtype == np.float32 else INT32

        def fill(entry):
            entry.tensor.dtype = kind
            entry.tensor.tensor_shape.SetInParent()
            for size in array.shape:
                entry.tensor.tensor_shape.dim.add(size=size)
            entry.tensor.tensor_content = array.astype(array.dtype.newbyteorder("<")).tobytes()

        return self.node("Const", name, dtype=kind, value=fill)

    def whole(self, name, value):
        return self.constant(name, value, np.int32)

    def array(self, scope):
        """A TensorArray for a batch of one, of elements of any shape."""
        def any_shape(entry):
            entry.shape.unknown_rank = True

        return self.node("TensorArrayV3", f"{scope}/TensorArray", self.whole(f"{scope}/TensorArray/size", 1), dtype=FLOAT,
                         element_shape=any_shape, dynamic_size=False, clear_after_read=True, identical_element_shapes=True)

    def dim(self, scope, of, index):
        """One number of a shape, computed at run time as the exporter leaves it."""
        shape = self.node("Shape", f"{scope}/Shape", of, T=FLOAT)
        ends = [self.whole(f"{scope}/strided_slice/{n}", [v]) for n, v in (("stack", index), ("stack_1", index + 1), ("stack_2", 1))]
        return self.node("StridedSlice", f"{scope}/strided_slice", shape, *ends, shrink_axis_mask=1)

    def into_loop(self, scope, frame, data):
        """A batch as a TensorArray, of which the while loop `frame` reads an element: its handle and its flow."""
        array = self.array(scope)
        scatter = self.node("TensorArrayScatterV3", f"{scope}/Scatter", array, self.whole(f"{scope}/Scatter/indices", [0]), data,
                            f"{array}:1", T=FLOAT)
        return [self.node("Enter", f"{scope}/Enter_{i}", what, is_constant=True, frame_name=frame) for i, what in enumerate((array, scatter))]

    def loop(self, scope):
        """The counter of a while loop over a batch of one; returns the name of the index inside."""
        frame = f"{scope}/while"
        self.node("Merge", f"{frame}/Merge", self.node("Enter", f"{frame}/Enter", self.whole(f"{scope}/start", 0), T=INT32,
                                                     frame_name=frame), f"{frame}/NextIteration", T=INT32)
        limit = self.node("Enter", f"{frame}/Less/Enter", self.whole(f"{scope}/limit", 1), T=INT32, is_constant=True, frame_name=frame)
        cond = self.node("LoopCond", f"{frame}/LoopCond", self.node("Less", f"{frame}/Less", f"{frame}/Merge", limit, T=INT32))
        switch = self.node("Switch", f"{frame}/Switch", f"{frame}/Merge", cond, T=INT32)
        index = self.node("Identity", f"{frame}/Identity", f"{switch}:1", T=INT32)
        one = self.whole(f"{frame}/add/y", 1)
        self.node("NextIteration", f"{frame}/NextIteration", self.node("Add", f"{frame}/add", index, one, T=INT32), T=INT32)
        return index, cond

    def out_of_loop(self, scope, name, data, index, cond):
        """Gathers what the while loop `scope`/while computes for each element."""
        frame, part = f"{scope}/while", f"{scope}/{name}"
        array = self.array(part)
        flow = self.node("Enter", f"{part}/Enter", f"{array}:1", T=FLOAT, frame_name=frame)
        merge = self.node("Merge", f"{part}/Merge", flow, f"{part}/NextIteration", T=FLOAT)
        switch = self.node("Switch", f"{part}/Switch", merge, cond, T=FLOAT)
        handle = self.node("Enter", f"{part}/Write/Enter", array, is_constant=True, frame_name=frame)
        write = self.node("TensorArrayWriteV3", f"{part}/Write", handle, index, data,
                          self.node("Identity", f"{part}/Identity", f"{switch}:1", T=FLOAT), T=FLOAT)
        self.node("NextIteration", f"{part}/NextIteration", write, T=FLOAT)
        done = self.node("Exit", f"{part}/Exit", switch, T=FLOAT)
        return self.node("TensorArrayGatherV3", f"{part}/Gather", array, self.whole(f"{part}/Gather/indices", [0]), done, dtype=FLOAT)


def write_preprocessor(w):
    def any_size(entry):
        for size in (-1, -1, -1, 3):
            entry.shape.dim.add(size=size)

    picture = w.node("Cast", "ToFloat", w.node("Placeholder", "image_tensor", dtype=UINT8, shape=any_size), SrcT=UINT8, DstT=FLOAT)
    scope = "Preprocessor/map"
    index, cond = w.loop(scope)
    array, scatter = w.into_loop(f"{scope}/pictures", f"{scope}/while", picture)
    one = w.node("TensorArrayReadV3", f"{scope}/while/TensorArrayReadV3", array, index, scatter, dtype=FLOAT)
    resize = f"{scope}/while/ResizeImage"
    batch = w.node("ExpandDims", f"{resize}/ExpandDims", one, w.whole(f"{resize}/ExpandDims/dim", 0), T=FLOAT)
    small = w.node("ResizeBilinear", f"{resize}/ResizeBilinear", batch, w.whole(f"{resize}/size", [SIDE, SIDE]), T=FLOAT,
                   align_corners=False)
    small = w.node("Squeeze", f"{resize}/Squeeze", small, T=FLOAT, squeeze_dims=[0])
    all_pictures = w.out_of_loop(scope, "out", small, index, cond)
    scaled = w.node("Mul", "Preprocessor/mul", w.constant("Preprocessor/mul/x", 2 / 255), all_pictures, T=FLOAT)
    return w.node("Sub", "Preprocessor/sub", scaled, w.constant("Preprocessor/sub/y", 1.0), T=FLOAT)


def variable(w, name, value):
    return w.node("Identity", f"{name}/read", w.constant(name, value), T=FLOAT)


def write_convolution(w, scope, data, kind, stride, weights):
    name = f"{scope}/{'depthwise' if kind == 'depthwise' else 'Conv2D'}"
    op, variable_name = ("DepthwiseConv2dNative", "depthwise_weights") if kind == "depthwise" else ("Conv2D", "weights")
    return w.node(op, name, data, variable(w, f"{scope}/{variable_name}", weights), T=FLOAT, data_format="NHWC", padding="SAME",
                  strides=[1, stride, stride, 1])


def write_features(w, data, parameters):
    maps, scope = {}, "FeatureExtractor/MobilenetV1"
    for name, kind, _, stride, _ in LAYERS:
        p, here = parameters[name], f"{scope}/{name}"
        data = write_convolution(w, here, data, kind, stride, p["weights"])
        statistics = [variable(w, f"{here}/BatchNorm/{part}", p[part]) for part in ("gamma", "beta", "moving_mean", "moving_variance")]
        data = w.node("FusedBatchNorm", f"{here}/BatchNorm/FusedBatchNorm", data, *statistics, T=FLOAT, epsilon=0.001, is_training=False,
                      data_format="NHWC")
        data = maps[name] = w.node("Relu6", f"{here}/Relu6", data, T=FLOAT)
    return [maps[name] for name in MAPS]


def write_predictors(w, maps, parameters):
    boxes, classes = [], []
    for i, (data, grid) in enumerate(zip(maps, GRIDS)):
        count = grid * grid * len(ANCHORS[i])
        for part, rest, rows in (("BoxEncodingPredictor", [count, 1, 4], boxes), ("ClassPredictor", [count, CLASSES + 1], classes)):
            scope = f"BoxPredictor_{i}/{part}"
            p = parameters[scope]
            out = write_convolution(w, scope, data, "conv", 1, p["weights"])
            out = w.node("BiasAdd", f"{scope}/BiasAdd", out, variable(w, f"{scope}/biases", p["biases"]), T=FLOAT, data_format="NHWC")
            sizes = [w.dim(scope, data, 0)] + [w.whole(f"{scope}/stack/{n}", v) for n, v in enumerate(rest, 1)]
            rows.append(w.node("Reshape", f"{scope}/Reshape", out, w.node("Pack", f"{scope}/stack", *sizes, T=INT32), T=FLOAT))
    encodings = w.node("ConcatV2", "concat", *boxes, w.whole("concat/axis", 1), T=FLOAT)
    logits = w.node("ConcatV2", "concat_1", *classes, w.whole("concat_1/axis", 1), T=FLOAT)
    return w.node("Squeeze", "Squeeze", encodings, T=FLOAT, squeeze_dims=[2]), logits


def write_columns(w, scope, data):
    turned = w.node("Transpose", f"{scope}/transpose", data, w.whole(f"{scope}/transpose/perm", [1, 0]), T=FLOAT)
    stack = w.node("Unpack", f"{scope}/unstack", turned, T=FLOAT, num=4, axis=0)
    return [stack, f"{stack}:1", f"{stack}:2", f"{stack}:3"]


def write_decoder(w, encodings):
    scope = "Postprocessor/Decode"
    rows = w.node("Reshape", "Postprocessor/Reshape_1", encodings, w.whole("Postprocessor/Reshape_1/shape", [-1, 4]), T=FLOAT)
    table = w.constant("MultipleGridAnchorGenerator/Concatenate/concat", anchors())
    a, e = write_columns(w, f"{scope}/get_center_coordinates_and_sizes", table), write_columns(w, scope, rows)
    corners = {}
    for k in range(2):  # y, then x
        here = f"{scope}/axis_{k}"
        two = w.constant(f"{here}/two", 2.0)
        size = w.node("Sub", f"{here}/sub", a[k + 2], a[k], T=FLOAT)
        centre = w.node("Add", f"{here}/add", a[k], w.node("RealDiv", f"{here}/truediv", size, two, T=FLOAT), T=FLOAT)
        move = w.node("RealDiv", f"{here}/truediv_1", e[k], w.constant(f"{here}/ten", 10.0), T=FLOAT)
        grow = w.node("RealDiv", f"{here}/truediv_2", e[k + 2], w.constant(f"{here}/five", 5.0), T=FLOAT)
        middle = w.node("Add", f"{here}/add_1", w.node("Mul", f"{here}/mul", move, size, T=FLOAT), centre, T=FLOAT)
        extent = w.node("Mul", f"{here}/mul_1", w.node("Exp", f"{here}/Exp", grow, T=FLOAT), size, T=FLOAT)
        half = w.node("RealDiv", f"{here}/truediv_3", extent, two, T=FLOAT)
        corners[k] = w.node("Sub", f"{here}/sub_1", middle, half, T=FLOAT)
        corners[k + 2] = w.node("Add", f"{here}/add_2", middle, half, T=FLOAT)
    stack = w.node("Pack", f"{scope}/stack", *(corners[k] for k in range(4)), T=FLOAT, axis=0)
    boxes = w.node("Transpose", f"{scope}/transpose_1", stack, w.whole(f"{scope}/transpose_1/perm", [1, 0]), T=FLOAT)
    sizes = [w.dim("Postprocessor", encodings, 0), w.whole("Postprocessor/stack/1", len(anchors())), w.whole("Postprocessor/stack/2", 4)]
    return w.node("Reshape", "Postprocessor/Reshape_2", boxes, w.node("Pack", "Postprocessor/stack", *sizes, T=INT32), T=FLOAT)


def write_suppression_of_class(w, scope, boxes, scores, k):
    column = w.node("Slice", f"{scope}/Slice", scores, w.whole(f"{scope}/Slice/begin", [0, k]), w.whole(f"{scope}/Slice/size", [-1, 1]),
                    T=FLOAT)
    column = w.node("Reshape", f"{scope}/Reshape", column, w.whole(f"{scope}/Reshape/shape", [-1]), T=FLOAT)
    above = w.node("Greater", f"{scope}/FilterGreaterThan/Greater", column,
                   w.constant(f"{scope}/FilterGreaterThan/Greater/y", SCORE_THRESHOLD), T=FLOAT)
    where = w.node("Where", f"{scope}/FilterGreaterThan/Where", above)
    flat = w.node("Reshape", f"{scope}/FilterGreaterThan/Reshape", where, w.whole(f"{scope}/FilterGreaterThan/Reshape/shape", [-1]))
    index = w.node("Cast", f"{scope}/FilterGreaterThan/ToInt32", flat, SrcT=9, DstT=INT32)
    found = w.node("Gather", f"{scope}/FilterGreaterThan/Gather/Gather", boxes, index)
    score = w.node("Gather", f"{scope}/FilterGreaterThan/Gather/Gather_1", column, index)
    window = f"{scope}/ClipToWindow"
    split = w.node("Split", f"{window}/split", w.whole(f"{window}/split/split_dim", 1), found, T=FLOAT, num_split=4)
    sides = []
    for i in range(4):
        low = w.node("Minimum", f"{window}/Minimum_{i}", f"{split}:{i}" if i else split, w.constant(f"{window}/one_{i}", 1.0), T=FLOAT)
        sides.append(w.node("Maximum", f"{window}/Maximum_{i}", low, w.constant(f"{window}/zero_{i}", 0.0), T=FLOAT))
    found = w.node("ConcatV2", f"{window}/concat", *sides, w.whole(f"{window}/concat/axis", 1), T=FLOAT)
    most = w.node("Minimum", f"{scope}/Minimum", w.whole(f"{scope}/max_selection_size", KEPT), w.dim(scope, found, 0), T=INT32)
    best = w.node("NonMaxSuppressionV2", f"{scope}/non_max_suppression/NonMaxSuppressionV2", found, score, most,
                  w.constant(f"{scope}/non_max_suppression/iou_threshold", IOU_THRESHOLD))
    return w.node("Gather", f"{scope}/Gather/Gather", found, best), w.node("Gather", f"{scope}/Gather/Gather_1", score, best)


def write_suppression(w, boxes, logits):
    scores = w.node("Sigmoid", "Postprocessor/convert_scores", logits, T=FLOAT)
    scores = w.node("Slice", "Postprocessor/Slice", scores, w.whole("Postprocessor/Slice/begin", [0, 0, 1]),
                    w.whole("Postprocessor/Slice/size", [-1, -1, -1]), T=FLOAT)
    scope = "Postprocessor/BatchMultiClassNonMaxSuppression/map"
    index, cond = w.loop(scope)
    read = {}
    for name, data in (("boxes", boxes), ("scores", scores)):
        array, scatter = w.into_loop(f"{scope}/{name}", f"{scope}/while", data)
        read[name] = w.node("TensorArrayReadV3", f"{scope}/while/Read_{name}", array, index, scatter, dtype=FLOAT)
    inner = f"{scope}/while/MultiClassNonMaxSuppression"
    box = w.node("Reshape", f"{inner}/Reshape_boxes", read["boxes"], w.whole(f"{inner}/Reshape_boxes/shape", [-1, 4]), T=FLOAT)
    kept = [write_suppression_of_class(w, f"{inner}/class_{k}", box, read["scores"], k) for k in range(CLASSES)]
    all_boxes = w.node("ConcatV2", f"{inner}/Concatenate/concat", *(b for b, _ in kept), w.whole(f"{inner}/Concatenate/axis", 0), T=FLOAT)
    all_scores = w.node("ConcatV2", f"{inner}/Concatenate/concat_1", *(s for _, s in kept), w.whole(f"{inner}/Concatenate/axis_1", 0),
                        T=FLOAT)
    order = w.node("TopKV2", f"{inner}/SortByField/TopKV2", all_scores, w.dim(f"{inner}/SortByField", all_scores, 0), T=FLOAT)
    best = w.node("Gather", f"{inner}/SortByField/Gather", all_boxes, f"{order}:1")
    most = w.node("Minimum", f"{inner}/Minimum", w.whole(f"{inner}/max_total_size", KEPT), w.dim(f"{inner}/rows", best, 0), T=INT32)
    first = w.node("Range", f"{inner}/range", w.whole(f"{inner}/range/start", 0), most, w.whole(f"{inner}/range/delta", 1))
    result = w.out_of_loop(scope, "out", w.node("Gather", f"{inner}/first", best, first), index, cond)
    return w.node("Identity", "detection_boxes", result, T=FLOAT)


# ---- its numbers ----------------------------------------------------------------------------------------------------------
def anchors():
    """ymin, xmin, ymax, xmax of each anchor."""
    rows = []
    for grid, sizes in zip(GRIDS, ANCHORS):
        for y in range(grid):
            for x in range(grid):
                for height, width in sizes:
                    cy, cx = (y + 0.5) / grid, (x + 0.5) / grid
                    rows.append([cy - height / 2, cx - width / 2, cy + height / 2, cx + width / 2])
    return np.asarray(rows, np.float32)


def draw_parameters():
    random = np.random.RandomState(20)  # its stream is frozen by NumPy's rules of compatibility
    parameters, inputs = {}, 3
    for name, kind, kernel, _, outputs in LAYERS:
        fan_in = kernel * kernel * (1 if kind == "depthwise" else inputs)
        shape = (kernel, kernel, inputs, 1 if kind == "depthwise" else outputs)
        parameters[name] = {
            "weights": (random.randn(*shape) * math.sqrt(2 / fan_in)).astype(np.float32),
            "gamma": random.uniform(0.6, 1.6, outputs).astype(np.float32),
            "beta": random.uniform(-0.2, 0.6, outputs).astype(np.float32),
            "moving_mean": random.uniform(-0.3, 0.3, outputs).astype(np.float32),
            "moving_variance": random.uniform(0.4, 1.5, outputs).astype(np.float32),
        }
        inputs = outputs
    for i in range(len(MAPS)):
        for part, values, spread in (("BoxEncodingPredictor", 4, 1.0), ("ClassPredictor", CLASSES + 1, 2.5)):
            outputs = len(ANCHORS[i]) * values
            parameters[f"BoxPredictor_{i}/{part}"] = {
                "weights": (random.randn(1, 1, 24, outputs) * spread / math.sqrt(24)).astype(np.float32),
                "biases": (random.randn(outputs) * 0.2).astype(np.float32),
            }
    return parameters


def make_objects_rare(parameters, images):
    """Shifts each class so that one anchor in a hundred scores above a half."""
    logits = np.concatenate([predict(image, parameters)[1] for image in images])
    shift = np.round(np.quantile(logits, 0.99, axis=0), 1)
    for i, sizes in enumerate(ANCHORS):
        parameters[f"BoxPredictor_{i}/ClassPredictor"]["biases"] -= np.tile(shift, len(sizes)).astype(np.float32)


def padded(data, kernel, stride):
    """TensorFlow's SAME: the odd element goes behind."""
    total = [max((math.ceil(n / stride) - 1) * stride + kernel - n, 0) for n in data.shape[:2]]
    return np.pad(data, [(t // 2, t - t // 2) for t in total] + [(0, 0)])


def convolve(data, weights, stride, depthwise):
    kernel = weights.shape[0]
    rows, columns = (math.ceil(n / stride) for n in data.shape[:2])
    data = padded(data, kernel, stride)
    out = 0
    for y in range(kernel):
        for x in range(kernel):
            part = data[y:y + rows * stride:stride, x:x + columns * stride:stride][:rows, :columns]
            out = out + (part * weights[y, x, :, 0] if depthwise else part @ weights[y, x])
    return out


def predict(image, parameters):
    """Encodings and logits of a network input, in doubles."""
    data, maps = image.astype(np.float64), {}
    for name, kind, _, stride, _ in LAYERS:
        p = {key: value.astype(np.float64) for key, value in parameters[name].items()}
        data = convolve(data, p["weights"], stride, kind == "depthwise")
        data = (data - p["moving_mean"]) / np.sqrt(p["moving_variance"] + 0.001) * p["gamma"] + p["beta"]
        data = maps[name] = np.clip(data, 0, 6)
    rows = {"BoxEncodingPredictor": [], "ClassPredictor": []}
    for i, name in enumerate(MAPS):
        for part, found in rows.items():
            p = parameters[f"BoxPredictor_{i}/{part}"]
            out = convolve(maps[name], p["weights"].astype(np.float64), 1, False) + p["biases"]
            found.append(out.reshape(-1, 4 if part == "BoxEncodingPredictor" else CLASSES + 1))
    return np.concatenate(rows["BoxEncodingPredictor"]), np.concatenate(rows["ClassPredictor"])


def network_input(rgb):
    """ResizeBilinear of TensorFlow 1 without align_corners (source = target * scale), then -1..1."""
    out = rgb.astype(np.float64)
    for axis in range(2):
        size = out.shape[axis]
        position = np.arange(SIDE) * (size / SIDE)
        low = np.floor(position).astype(int)
        high = np.minimum(low + 1, size - 1)
        share = (position - low).reshape([-1 if a == axis else 1 for a in range(3)])
        out = np.take(out, low, axis) * (1 - share) + np.take(out, high, axis) * share
    return out * (2 / 255) - 1


def overlap(a, b):
    height = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    width = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return height * width / (area - height * width) if height * width > 0 else 0.0


def detect(encodings, logits):
    """(score, class from 1, box) of the suppressed detections, the best first."""
    a = anchors().astype(np.float64)
    size, centre = a[:, 2:] - a[:, :2], (a[:, 2:] + a[:, :2]) / 2
    middle, extent = encodings[:, :2] / 10 * size + centre, np.exp(encodings[:, 2:] / 5) * size
    boxes = np.clip(np.concatenate([middle - extent / 2, middle + extent / 2], 1), 0, 1)
    scores = 1 / (1 + np.exp(-logits))
    found = []
    for k in range(1, CLASSES + 1):
        kept = []
        for i in np.argsort(-scores[:, k], kind="stable"):
            if scores[i, k] <= SCORE_THRESHOLD or len(kept) == KEPT:
                break
            if all(overlap(boxes[i], boxes[j]) <= IOU_THRESHOLD for j in kept):
                kept.append(i)
        found += [(float(scores[i, k]), k, boxes[i].tolist()) for i in kept]
    return sorted(found, reverse=True)[:KEPT]


# ---- the files ------------------------------------------------------------------------------------------------------------
def check_by_openvino(path, rgb, encodings, logits):
    """The whole file, from the picture on."""
    import openvino
    from openvino.frontend import FrontEndManager
    frontend = FrontEndManager().load_by_framework("tf")
    graph = frontend.load(str(path))
    graph.override_all_outputs([graph.get_place_by_tensor_name(name) for name in ("Squeeze:0", "concat_1:0", "detection_boxes:0")])
    compiled = openvino.compile_model(frontend.convert(graph), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    theirs = list(compiled(rgb[None]).values())
    for ours, found in zip((encodings, logits), theirs):
        difference = float(np.abs(ours - found[0]).max())
        print("OpenVINO", openvino.get_version(), "differs by", difference, "in values to", float(np.abs(ours).max()))
        assert difference < 1e-3
    boxes = np.asarray([box for _, _, box in detect(encodings, logits)])
    difference = float(np.abs(theirs[2][0] - boxes).max())
    print(len(boxes), "boxes differ by", difference)
    assert difference < 1e-4


def write_files(parameters, pictures):
    w = Writer()
    maps = write_features(w, write_preprocessor(w), parameters)
    encodings, logits = write_predictors(w, maps, parameters)
    write_suppression(w, write_decoder(w, encodings), logits)
    path = HERE / "tiny_ssd.pb"
    path.write_bytes(w.graph.SerializeToString(deterministic=True))

    name, rgb = pictures[0]
    image = network_input(rgb)
    encodings, logits = predict(image, parameters)
    check_by_openvino(path, rgb, encodings, logits)
    np.savez_compressed(HERE / "reference.npz", input=image.astype(np.float32), box_encodings=encodings.astype(np.float32),
                        class_logits=logits.astype(np.float32), anchors=anchors())

    truth = {"images": [], "annotations": [], "categories": [{"id": k, "name": name} for k, name in CATEGORIES.items()]}
    for name, rgb in pictures:
        height, width = rgb.shape[:2]
        number = int(name.split(".")[0])
        truth["images"].append({"id": number, "file_name": name, "width": width, "height": height})
        for score, k, (y0, x0, y1, x1) in detect(*predict(network_input(rgb), parameters)):
            if score > TRUTH_SCORE:
                box = [round(v, 3) for v in (x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height)]
                truth["annotations"].append({"id": len(truth["annotations"]) + 1, "image_id": number, "category_id": k, "bbox": box,
                                             "area": round(box[2] * box[3], 3), "iscrowd": 0})
    print({name: sum(a["category_id"] == k for a in truth["annotations"]) for k, name in CATEGORIES.items()})
    (HERE / "instances_val2017.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


def main():
    paths = sorted((ROOT / "demo/coco/val2017").glob("*.jpg"))[:PICTURES]
    pictures = [(path.name, cv2.imread(str(path))[:, :, ::-1]) for path in paths]
    parameters = draw_parameters()
    make_objects_rare(parameters, [network_input(rgb) for _, rgb in pictures])
    write_files(parameters, pictures)


if __name__ == "__main__":
    main()
