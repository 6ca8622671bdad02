"""Writes yolov8_decoded.f32, yolov8_raw.f32 and their *_expected.txt: random outputs of a toy YOLOv8 head in both forms and the
detections that NumPy finds in them, in double precision. Nothing is taken from octet.

    python3 make_yolov8_fixtures.py

Three classes, input 64x32 pixels, a picture of 100x50 (so one scale, 0.64, for both sides), score above 0.2, IoU up to 0.5 kept.
Made with NumPy 2.4.6.
"""
from pathlib import Path

import numpy as np

CLASSES, BINS, WIDTH, HEIGHT, SCALE, SCORE, IOU = 3, 8, 64, 32, 0.64, 0.2, 0.5
here = Path(__file__).parent
generator = np.random.default_rng(7)


def iou(a, b):
    size = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None).prod()
    return size / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - size)


def write(name, arrays, boxes, scores):
    """boxes [n,4] as corners in network pixels, scores [n,CLASSES]."""
    boxes = np.clip(boxes / SCALE, 0, [100, 50, 100, 50])
    kept = []
    for label in range(CLASSES):
        best = []
        for i in np.argsort(-scores[:, label], kind="stable"):
            if scores[i, label] > SCORE and all(iou(boxes[i], boxes[j]) <= IOU for j in best):
                best.append(i)
        kept += [(scores[i, label], label, boxes[i]) for i in best]
    kept.sort(key=lambda row: -row[0])
    (here / f"{name}.f32").write_bytes(b"".join(array.astype(np.float32).tobytes() for array in arrays))
    lines = [f"{label} {score:.9f} " + " ".join(f"{side:.6f}" for side in box) for score, label, box in kept]
    (here / f"{name}_expected.txt").write_text("\n".join(lines) + "\n")
    print(name, len(lines))


cells = 60
centre = generator.uniform(0, [WIDTH, HEIGHT], (cells, 2)).astype(np.float32)
size = generator.uniform(4, 30, (cells, 2)).astype(np.float32)
scores = (generator.uniform(0, 1, (cells, CLASSES)) ** 2).astype(np.float32)
decoded = np.concatenate([centre, size, scores], 1).T[None]
centre, size, scores = (part.astype(float) for part in (centre, size, scores))
write("yolov8_decoded", [decoded], np.concatenate([centre - size / 2, centre + size / 2], 1), scores)

arrays, boxes, scores = [], [], []
for stride in (8, 16):
    rows, columns = HEIGHT // stride, WIDTH // stride
    raw = generator.normal(0, 1.5, (1, 4 * BINS + CLASSES, rows, columns)).astype(np.float32)
    arrays.append(raw)
    flat = raw[0].reshape(4 * BINS + CLASSES, -1).astype(float)
    powers = np.exp(flat[:4 * BINS].reshape(4, BINS, -1))
    distance = (powers / powers.sum(1, keepdims=True) * np.arange(BINS)[None, :, None]).sum(1)
    y, x = np.divmod(np.arange(rows * columns), columns) + np.array([[0.5], [0.5]])
    boxes.append(stride * np.stack([x - distance[0], y - distance[1], x + distance[2], y + distance[3]], 1))
    scores.append(1 / (1 + np.exp(-flat[4 * BINS:])).T)
write("yolov8_raw", arrays, np.concatenate(boxes), np.concatenate(scores))
