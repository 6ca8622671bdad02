"""Seeds of fuzz_recognise: an IR a family of heads, of layers without weights to speak of, and what a person says of it.

    python make_recognise_seeds.py

Needs NumPy.
"""
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "corpus/fuzz_recognise"
SIDE = 32  # of the picture: strides 8, 16 and 32 are 4x4, 2x2 and 1x1 cells
STRIDES = (8, 16, 32)
WAY = "octet_resize=stretch\nreverse_input_channels=YES\nscale_values=255\n"


class Network:
    """Layers with one output each; a value is (layer, shape, precision)."""

    def __init__(self):
        self.layers, self.edges, self.bin = [], [], b""

    def add(self, kind, inputs=(), shape=None, data="", precision="FP32", opset="opset1", name=None):
        index = len(self.layers)
        def port(number, value_shape, value_precision):
            dims = "".join(f"<dim>{side}</dim>" for side in value_shape)
            return f'<port id="{number}" precision="{value_precision}">{dims}</port>'
        text = f'<layer id="{index}" name="{name or f"l{index}"}" type="{kind}" version="{opset}">{data}'
        if inputs:
            text += "<input>" + "".join(port(i, v[1], v[2]) for i, v in enumerate(inputs)) + "</input>"
            self.edges += [(v[0], v[3], index, i) for i, v in enumerate(inputs)]
        if shape is not None:
            text += "<output>" + port(len(inputs), shape, precision) + "</output>"
        self.layers.append(text + "</layer>")
        return index, shape, precision, len(inputs)

    def constant(self, array):
        array = np.asarray(array)
        kind, precision = {"float32": ("f32", "FP32"), "int64": ("i64", "I64")}[str(array.dtype)]
        self.bin += b"\0" * (-len(self.bin) % 8)
        place, bytes_ = len(self.bin), array.tobytes()
        self.bin += bytes_
        sides = ",".join(map(str, array.shape))
        data = f'<data element_type="{kind}" shape="{sides}" offset="{place}" size="{len(bytes_)}"/>'
        return self.add("Const", (), array.shape, data, precision)

    def picture(self, side=SIDE):
        return self.add("Parameter", (), (1, 3, side, side), f'<data element_type="f32" shape="1,3,{side},{side}"/>', name="images")

    def map(self, image, stride, channels):
        """A convolution whose window is one pixel of each block."""
        side = image[1][2] // stride
        window = self.constant(np.zeros((channels, image[1][1], 1, 1), np.float32))
        data = f'<data strides="{stride},{stride}" dilations="1,1" pads_begin="0,0" pads_end="0,0" auto_pad="explicit"/>'
        return self.add("Convolution", (image, window), (1, channels, side, side), data)

    def sigmoid(self, value):
        return self.add("Sigmoid", (value,), value[1])

    def softmax(self, value):
        return self.add("SoftMax", (value,), value[1], f'<data axis="{len(value[1]) - 1}"/>')

    def reshape(self, value, shape):
        return self.add("Reshape", (value, self.constant(np.array(shape, np.int64))), shape, '<data special_zero="false"/>')

    def transpose(self, value, order):
        return self.add("Transpose", (value, self.constant(np.array(order, np.int64))), tuple(value[1][i] for i in order))

    def concat(self, values, axis):
        shape = list(values[0][1])
        shape[axis] = sum(value[1][axis] for value in values)
        return self.add("Concat", values, tuple(shape), f'<data axis="{axis}"/>')

    def plus(self, a, b):
        return self.add("Add", (a, b), tuple(np.broadcast_shapes(a[1], b[1])), '<data auto_broadcast="numpy"/>')

    def product(self, a, columns):
        b = self.constant(np.zeros((a[1][-1], columns), np.float32))
        return self.add("MatMul", (a, b), (*a[1][:-1], columns), '<data transpose_a="false" transpose_b="false"/>')

    def result(self, value, name):
        self.add("Result", (value,), name=name)

    def bytes(self, said="", info=""):
        edges = "".join(f'<edge from-layer="{a}" from-port="{p}" to-layer="{b}" to-port="{q}"/>' for a, p, b, q in self.edges)
        rt_info = f"<rt_info><model_info>{info}</model_info></rt_info>" if info else ""
        xml = f'<net name="seed" version="11"><layers>{"".join(self.layers)}</layers><edges>{edges}</edges>{rt_info}</net>'
        return said.encode() + b"\0" + xml.encode() + b"\0" + self.bin


def flat(net, value):
    return net.reshape(value, (1, value[1][1], value[1][2] * value[1][3]))


def cells(scale=1.0):
    """Centres in the middle of the cells and sizes of two strides, [1,4,N]."""
    rows = [((x + 0.5) * stride, (y + 0.5) * stride, 2 * stride, 2 * stride)
            for stride in STRIDES for y in range(SIDE // stride) for x in range(SIDE // stride)]
    return np.array(rows, np.float32).T[None] * np.float32(scale)


def decoded(classes, scale=1.0):
    net = Network()
    image = net.picture()
    boxes = net.concat([flat(net, net.map(image, stride, 4)) for stride in STRIDES], 2)
    scores = net.concat([flat(net, net.map(image, stride, classes)) for stride in STRIDES], 2)
    net.result(net.concat([net.plus(boxes, net.constant(cells(scale))), net.sigmoid(scores)], 1), "output0")
    return net


def yolox(classes):
    net = Network()
    image = net.picture()
    levels = [net.concat([net.map(image, s, 4), net.sigmoid(net.map(image, s, 1)), net.sigmoid(net.map(image, s, classes))], 1) for s in STRIDES]
    net.result(net.transpose(net.concat([flat(net, level) for level in levels], 2), (0, 2, 1)), "output")
    return net


def nanodet(classes, bins):
    net = Network()
    image = net.picture()
    for stride in STRIDES:
        net.result(net.transpose(flat(net, net.sigmoid(net.map(image, stride, classes))), (0, 2, 1)), f"scores{stride}")
        net.result(net.transpose(flat(net, net.map(image, stride, 4 * bins)), (0, 2, 1)), f"boxes{stride}")
    return net


def detr(classes):
    net = Network()
    rows = net.reshape(net.map(net.picture(), 32, 90), (1, 10, 9))
    net.result(net.product(rows, classes), "logits")
    net.result(net.sigmoid(net.product(rows, 4)), "boxes")
    return net


def yolov5(classes):
    net = Network()
    image = net.picture()
    for stride in STRIDES:
        raw = net.map(image, stride, 3 * (5 + classes))
        side = SIDE // stride
        net.result(net.transpose(net.reshape(raw, (1, 3, 5 + classes, side, side)), (0, 1, 3, 4, 2)), f"map{stride}")
    return net


def centernet(classes):
    net = Network()
    image = net.picture()
    for name, channels in (("hm", classes), ("wh", 2), ("reg", 2)):
        net.result(net.map(image, 4, channels), name)
    return net


def ssd(classes, with_anchors):
    net = Network()
    image = net.picture()
    def rows(columns):
        maps = [net.transpose(net.map(image, stride, 2 * columns), (0, 2, 3, 1)) for stride in STRIDES]
        return net.concat([net.reshape(m, (1, m[1][1] * m[1][2] * 2, columns)) for m in maps], 1)
    boxes = rows(4)
    if with_anchors:
        corners = [(cx - w, cy - w, cx + w, cy + w) for cx, cy, *_ in cells(1 / SIDE)[0].T for w in (0.1, 0.2)]
        boxes = net.plus(boxes, net.constant(np.array([corners], np.float32)))
    net.result(boxes, "boxes")
    net.result(net.softmax(rows(classes)), "scores")
    return net


def lists():
    net = Network()
    row = net.reshape(net.map(net.picture(), 32, 120), (1, 20, 6))
    net.result(row, "rows")
    return net


def suppressed():
    """Decoded boxes and scores in front of a suppression whose indices are the output."""
    net = Network()
    image = net.picture()
    boxes = net.concat([flat(net, net.map(image, stride, 4)) for stride in STRIDES], 2)
    scores = net.sigmoid(net.concat([flat(net, net.map(image, stride, 3)) for stride in STRIDES], 2))
    corners = cells()
    corners = np.concatenate([corners[:, :2] - corners[:, 2:] / 2, corners[:, :2] + corners[:, 2:] / 2], 1)
    boxes = net.transpose(net.plus(boxes, net.constant(corners)), (0, 2, 1))
    limits = [net.constant(np.array([100], np.int64)), net.constant(np.array(0.45, np.float32)), net.constant(np.array(0.1, np.float32))]
    chosen = net.add("NonMaxSuppression", (boxes, scores, *limits), (-1, 3), '<data box_encoding="corner" output_type="i64"/>', "I64", "opset9")
    net.result(chosen, "chosen")
    return net


ANCHORS = '[{"grid":[4,4],"anchors":[8,8,9,9]},{"grid":[2,2],"anchors":[8,8,9,9]},{"grid":[1,1],"anchors":[8,8,9,9]}]'
YOLOV5 = ",".join(f'{{"output":"map{stride}","kind":"yolov5","classes":2,"anchors":[4,4,8,8,9,9]}}' for stride in STRIDES)
NAMES = '<names value="[a, b, c]"/><stride value="32"/>'
SEEDS = {
    "decoded": decoded(3).bytes(),
    "decoded_named": decoded(3).bytes("", NAMES),
    "decoded_fractions": decoded(1, 1 / SIDE).bytes(),
    "model_api": decoded(2).bytes("", '<model_type value="YOLO"/><labels value="a b"/><resize_type value="fit_to_window"/>'),
    "yolox": yolox(2).bytes(),
    "nanodet": nanodet(2, 3).bytes(WAY),
    "detr": detr(3).bytes(WAY + 'octet_labels=["a","b"]\n'),
    "yolov5": yolov5(3).bytes("", NAMES),
    "yolov5_declared": yolov5(2).bytes(WAY + f"octet_head=yolo\noctet_heads=[{YOLOV5}]\n"),
    "centernet": centernet(2).bytes(WAY + 'octet_head=centernet\noctet_classes=2\noctet_outputs=["hm","wh","reg"]\n'),
    "centernet_asked": centernet(2).bytes(),
    "ssd": ssd(5, True).bytes(WAY),
    "ssd_declared": ssd(5, False).bytes(
        WAY + f'octet_head=dense\noctet_box=anchor_offsets\noctet_boxes=["boxes"]\noctet_scores=["scores"]\noctet_background=first\n'
        f"octet_classes=4\noctet_anchors={ANCHORS}\n"),
    "lists": lists().bytes(WAY + "octet_head=list\noctet_columns=x0 y0 x1 y1 score class\noctet_classes=3\n"),
    "suppressed": suppressed().bytes(WAY),
}

FOLDER.mkdir(parents=True, exist_ok=True)
for name, content in SEEDS.items():
    (FOLDER / name).write_bytes(content)
