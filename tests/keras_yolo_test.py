"""The real YOLOv4-tiny in Keras' forms against its Darknet files. Needs TensorFlow (tensorflow-cpu and tf_keras) and NumPy.

    keras_yolo_test.py OCTET MODELS_DIR WORK_DIR [COCO_DIR]

Builds the network of MODELS_DIR/yolov4/yolov4-tiny.cfg and .weights in Keras, saves it as SavedModel, frozen graph and TensorFlow.js graph
model, converts these and the Darknet files with OCTET, and compares the heads of a picture: they must agree within 1e-4. With COCO_DIR
the accuracy of the SavedModel on it is printed beside that of the Darknet import."""
import json
import os
import subprocess
import sys
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent / "testdata" / "tiny_keras_yolo"))
import keras_formats  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.keras import layers  # noqa: E402

SIDE = 416
DESCRIPTION = """files:
  - name: saved_model.pb
    role: source
    source: https://example.com/
model_info:
  anchors: [10, 14, 23, 27, 37, 58, 81, 82, 135, 169, 344, 319]
  masks: [1, 2, 3, 3, 4, 5]
"""
EXACT = """  octet_heads: '[{"output": "conv2d_20", "anchors": [23, 27, 37, 58, 81, 82], "classes": 80, "scale_x_y": 1.05},
    {"output": "conv2d_17", "anchors": [81, 82, 135, 169, 344, 319], "classes": 80, "scale_x_y": 1.05}]'
  octet_nms_iou: 0.45
  octet_nms_distance_power: 0.6
"""


def sections(cfg):
    found = []
    for line in cfg.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            found.append((line[1:-1], {}))
        elif line:
            key, value = line.split("=", 1)
            found[-1][1][key.strip()] = value.strip()
    return found


class Weights:
    def __init__(self, path):
        self.values, self.at = np.fromfile(path, "<f4", offset=20), 0

    def take(self, *shape):
        count = int(np.prod(shape))
        self.at += count
        return self.values[self.at - count:self.at].reshape(shape)


def convolution(x, options, weights, number):
    filters, size, stride = (int(options.get(key, 1)) for key in ("filters", "size", "stride"))
    normalised = options.get("batch_normalize") == "1"
    offset = weights.take(filters)
    norm = [weights.take(filters) for _ in range(3)] if normalised else None
    kernel = weights.take(filters, x.shape[-1], size, size).transpose(2, 3, 1, 0)
    if stride == 2:
        x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x)
    name = f"conv2d_{number}" if number else "conv2d"
    layer = layers.Conv2D(filters, size, stride, "valid" if stride == 2 else "same", use_bias=not normalised, name=name)
    x = layer(x)
    layer.set_weights([kernel] if normalised else [kernel, offset])
    if normalised:
        layer = layers.BatchNormalization(epsilon=1e-5)
        x = layer(x)
        layer.set_weights([norm[0], offset, norm[1], norm[2]])
    return layers.LeakyReLU(0.1)(x) if options["activation"] == "leaky" else x


def route(outputs, options):
    chosen = [int(word) for word in options["layers"].split(",")]
    parts = [outputs[i] for i in chosen]
    x = parts[0] if len(parts) == 1 else layers.Concatenate()(parts)
    groups = int(options.get("groups", 1))
    if groups == 1:
        return x
    group = int(options["group_id"])
    return layers.Lambda(lambda v: tf.split(v, groups, axis=-1)[group])(x)


def network(cfg, path):
    weights, outputs, heads, number = Weights(path), [], [], 0
    x = image = layers.Input((SIDE, SIDE, 3), name="image_input")
    for kind, options in sections(cfg)[1:]:
        if kind == "convolutional":
            x = convolution(x, options, weights, number)
            number += 1
        elif kind == "route":
            x = route(outputs, options)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(int(options["size"]), int(options["stride"]), "same")(x)
        elif kind == "upsample":
            x = layers.UpSampling2D(int(options["stride"]))(x)
        elif kind == "yolo":
            heads.append(x)
        else:
            raise ValueError(kind)
        outputs.append(x)
    assert weights.at == len(weights.values)
    return tf.keras.Model(image, heads)


def octet(*words):
    run = subprocess.run([str(word) for word in words] + ["--json"], check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def heads_of(program, ir, work, picture):
    np.savez(work / "in.npz", **{octet(program, "convert", *ir)["inputs"][0]["name"]: picture})
    converted = octet(program, "convert", *ir)
    octet(program, "infer", converted["model"], "--input", work / "in.npz", "--output", work / "out.npz")
    with np.load(work / "out.npz") as arrays:
        return converted["model"], {array.shape: array for array in (arrays[name] for name in arrays.files)}


def main():
    program, models, work = Path(sys.argv[1]), Path(sys.argv[2]) / "yolov4", Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    model = network(models / "yolov4-tiny.cfg", models / "yolov4-tiny.weights")
    keras_formats.save_frozen(model, work / "frozen.pb")
    keras_formats.save_saved_model(model, str(work / "saved_model"))
    model.save(str(work / "keras_saved_model"), save_format="tf")
    keras_formats.save_tensorflow_js(model, str(work / "tensorflow_js"), [None])
    (work / "yolov4-tiny-keras.yml").write_text(DESCRIPTION + EXACT)
    (work / "model_api.yml").write_text(DESCRIPTION)
    picture = np.random.default_rng(1).integers(0, 256, (1, 3, SIDE, SIDE)).astype(np.float32)
    darknet, expected = heads_of(program, (models / "yolov4-tiny.cfg", "--output", work / "darknet"), work, picture)
    worst, converted = 0, {}
    for form in ("frozen.pb", "saved_model", "keras_saved_model", "tensorflow_js/model.json"):
        for description in ("yolov4-tiny-keras.yml", "model_api.yml"):
            target = work / "converted" / form.replace("/", "_") / description
            converted[form], heads = heads_of(program, (work / form, "--model", work / description, "--output", target), work, picture)
            assert heads.keys() == expected.keys(), (form, heads.keys())
            difference = max(np.abs(heads[shape] - expected[shape]).max() for shape in expected)
            print(f"{form} {description}: {difference:.2e}")
            worst = max(worst, difference)
    if len(sys.argv) > 4:
        xml = work / "converted" / "saved_model" / "yolov4-tiny-keras.yml"
        for ir in (darknet, next(xml.rglob("*.xml"))):
            check = octet(program, "check", ir, "--data", sys.argv[4])
            print(ir, check.get("metrics", check))
    if worst > 1e-4:
        sys.exit(f"the heads differ by {worst:.2e}, more than 1e-4")


main()
