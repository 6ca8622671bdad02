"""Writes a Keras model in the forms in which TensorFlow publishes networks: frozen graph, SavedModel, TensorFlow.js graph model."""
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from google.protobuf import json_format
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

DTYPES = {"float32": "float32", "int32": "int32", "int64": "int32", "bool": "bool"}


def frozen(model):
    """GraphDef with constants for variables and no functions."""
    spec = tf.TensorSpec(model.inputs[0].shape, tf.float32, name="image_input")
    function = tf.function(lambda image: model(image, training=False)).get_concrete_function(spec)
    return convert_variables_to_constants_v2(function).graph.as_graph_def()


def save_frozen(model, path):
    with open(path, "wb") as file:
        file.write(frozen(model).SerializeToString(deterministic=True))


def save_saved_model(model, folder):
    """With the signature alone, as an exporter for serving writes it: no training, no objects of Keras."""
    module = tf.Module()
    module.weights = model.variables
    spec = tf.TensorSpec(model.inputs[0].shape, tf.float32, name="image_input")

    @tf.function(input_signature=[spec])
    def serve(image):
        outputs = model(image, training=False)
        return {f"output_{i}": output for i, output in enumerate(outputs)}

    module.serve = serve
    tf.saved_model.save(module, folder, signatures={"serving_default": serve})


def quantized(array, kind):
    """The stored form of a weight and its entry in the manifest, as TensorFlow.js' converter quantizes."""
    if array.dtype != np.float32 or kind is None or array.size < 2:
        return array, {}
    if kind == "float16":
        return array.astype(np.float16), {"quantization": {"dtype": "float16", "original_dtype": "float32"}}
    low, high = float(array.min()), float(array.max())
    levels = np.iinfo(kind).max
    scale = (high - low) / levels or 1.0
    stored = np.clip(np.round((array.astype(np.float64) - low) / scale), 0, levels).astype(kind)
    return stored, {"quantization": {"dtype": kind, "scale": scale, "min": low, "original_dtype": "float32"}}


def save_tensorflow_js(model, folder, kinds, shards=2):
    """`kinds` gives the quantization of the n-th constant, in turn. Returns the values that the weights have after it, by name."""
    graph = frozen(model)
    data, weights, values = b"", [], {}
    for node in graph.node:
        if node.op != "Const":
            continue
        array = tf.make_ndarray(node.attr["value"].tensor)
        array = array.astype(DTYPES[array.dtype.name])
        stored, entry = quantized(array, kinds[len(weights) % len(kinds)])
        weights.append({"name": node.name, "shape": list(array.shape), "dtype": array.dtype.name, **entry})
        data += stored.astype(stored.dtype.newbyteorder("<")).tobytes()
        scale = entry.get("quantization", {})
        values[node.name] = (stored.astype(np.float64) * scale.get("scale", 1) + scale.get("min", 0)).astype(array.dtype)
        node.attr["value"].tensor.ClearField("tensor_content")
        for field in ("float_val", "int_val", "int64_val", "bool_val"):
            node.attr["value"].tensor.ClearField(field)
    os.makedirs(folder, exist_ok=True)
    step = -(-len(data) // shards)
    paths = [f"group1-shard{i + 1}of{shards}.bin" for i in range(shards)]
    for i, path in enumerate(paths):
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data[i * step:(i + 1) * step])
    topology = json_format.MessageToDict(graph)
    topology.pop("library", None)
    content = {"format": "graph-model", "generatedBy": tf.__version__, "convertedBy": "keras_formats.py", "modelTopology": topology,
               "weightsManifest": [{"paths": paths, "weights": weights}]}
    with open(os.path.join(folder, "model.json"), "w", encoding="utf-8") as file:
        json.dump(content, file, sort_keys=True)
        file.write("\n")
    return values


def graph_outputs(graph, image, names, values=None):
    """What TensorFlow computes with a frozen graph, with other values for some of its constants."""
    graph = type(graph).FromString(graph.SerializeToString())
    for node in graph.node:
        if values and node.name in values:
            kept = tf.make_ndarray(node.attr["value"].tensor)
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values[node.name].astype(kept.dtype), shape=kept.shape))
    with tf.Graph().as_default() as target:
        tf.graph_util.import_graph_def(graph, name="")
        config = tf.compat.v1.ConfigProto()
        config.graph_options.rewrite_options.disable_meta_optimizer = True  # which fuses what no kernel is there for
        with tf.compat.v1.Session(graph=target, config=config) as session:
            return session.run([name + ":0" for name in names], {"image_input:0": image})
