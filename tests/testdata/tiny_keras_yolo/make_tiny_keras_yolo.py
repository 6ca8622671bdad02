"""Writes a small detector of the shape of Keras' YOLO in three forms, with what TensorFlow computes.

    pip install tensorflow-cpu tf_keras
    python3 make_tiny_keras_yolo.py

frozen.pb, saved_model/ and tensorflow_js/ (weights of float32, float16, uint8 and uint16 in turn) lie beside this file; reference.npz
has a picture [1,32,48,3], RGB 0..1, the heads, and those with the quantized weights."""
import os
import shutil
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import keras_formats  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.keras import layers  # noqa: E402

ANCHORS, CLASSES = 2, 3
random = np.random.default_rng(20261126)


def block(x, filters, size, stride=1, mish=False):
    """Convolution without bias, batch normalisation, activation; a stride of 2 pads top and left, as Darknet's converters do."""
    if stride == 2:
        x = layers.ZeroPadding2D(((1, 0), (1, 0)))(x)
    x = layers.Conv2D(filters, size, stride, "valid" if stride == 2 else "same", use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-3)(x)
    if mish:
        return layers.Lambda(lambda v: v * tf.math.tanh(tf.math.softplus(v)))(x)
    return layers.LeakyReLU(0.1)(x)


def network():
    image = layers.Input((32, 48, 3), name="image_input")
    x = block(image, 8, 3, 2)
    x = block(x, 8, 3, mish=True)
    half = layers.Lambda(lambda v: tf.split(v, 2, axis=-1)[1])(x)
    half = block(half, 4, 3)
    x = layers.Concatenate()([x, half])
    x = fine = layers.MaxPooling2D(2)(x)
    x = layers.Lambda(lambda v: tf.nn.space_to_depth(v, 2))(x)
    x = block(x, 8, 1)
    x = layers.Add()([x, block(x, 8, 3)])
    x = layers.Concatenate()([layers.MaxPooling2D(5, 1, "same")(x), x])
    coarse = layers.Conv2D(ANCHORS * (5 + CLASSES), 1, name="coarse")(x)
    x = layers.UpSampling2D(2)(block(x, 6, 1))
    x = layers.Concatenate()([x, fine])
    return tf.keras.Model(image, [coarse, layers.Conv2D(ANCHORS * (5 + CLASSES), 1, name="fine")(x)])


def fill(model):
    """Values that keep the numbers of the network about 1."""
    for variable in model.variables:
        shape, name = variable.shape, variable.name
        if "kernel" in name:
            value = random.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
        elif "variance" in name or "gamma" in name:
            value = random.uniform(0.5, 1.5, shape)
        else:
            value = random.normal(0, 0.3, shape)
        variable.assign(value.astype(np.float32))


def ends(graph):
    read = {name.split(":")[0].lstrip("^") for node in graph.node for name in node.input}
    return [node.name for node in graph.node if node.name not in read]


def main():
    model = network()
    fill(model)
    image = random.uniform(0, 1, (1, 32, 48, 3)).astype(np.float32)
    graph = keras_formats.frozen(model)
    keras_formats.save_frozen(model, os.path.join(HERE, "frozen.pb"))
    shutil.rmtree(os.path.join(HERE, "saved_model"), ignore_errors=True)
    keras_formats.save_saved_model(model, os.path.join(HERE, "saved_model"))
    values = keras_formats.save_tensorflow_js(model, os.path.join(HERE, "tensorflow_js"), [None, "float16", "uint8", "uint16"])
    names = ends(graph)
    reference = {"image": image, "coarse": model(image)[0].numpy(), "fine": model(image)[1].numpy()}
    for output, quantized in zip(keras_formats.graph_outputs(graph, image, names), keras_formats.graph_outputs(graph, image, names, values)):
        part = "coarse" if output.shape == reference["coarse"].shape else "fine"
        assert np.abs(output - reference[part]).max() < 1e-5, part
        reference[part + "_quantized"] = quantized
    np.savez(os.path.join(HERE, "reference.npz"), **reference)
    print(names, {name: array.shape for name, array in reference.items()})


main()
