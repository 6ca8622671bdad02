"""Writes one_layer.cfg and one_layer.weights: a Darknet detector of one convolution, which finds a box in each cell whose sides follow the
brightness. Most of their weights are less than half a step of integers beside two large ones, so that the model of integers, which has no
other layer to leave in floats, cannot give the same boxes."""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
CFG = """[net]
width=64
height=64
channels=3

[convolutional]
filters=6
size=8
stride=8
activation=linear

[yolo]
mask=0
anchors=16,16
classes=1
"""

biases = np.array([0, 0, 0, 0, 3, 3], np.float32)  # centre, sides, objectness, class
weights = np.zeros((6, 8 * 8 * 3), np.float32)
weights[2:4] = 0.01
weights[2:4, :2] = 40, -40  # neighbouring pixels, which are alike
header = np.array([0, 2, 0, 0, 0], np.int32)  # version 0.2, pictures seen

(FOLDER / "one_layer.cfg").write_text(CFG)
(FOLDER / "one_layer.weights").write_bytes(header.tobytes() + biases.tobytes() + weights.tobytes())
