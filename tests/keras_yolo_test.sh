#!/usr/bin/env bash
# The real YOLOv4-tiny as Keras saves it gives the heads of its Darknet files, in every form: keras_yolo_test.py.
#   keras_yolo_test.sh OCTET      OCTET_TENSORFLOW_PYTHON names a Python that has TensorFlow and tf_keras, if python3 is none
set -euo pipefail
source "$(dirname "$0")/helpers.sh"

octet=$(realpath "$1")
models=$root/../shared/models

if [ ! -e "$models/yolov4/yolov4-tiny.weights" ]; then
  skip "KERAS' YOLO WAS NOT TRIED, since there is no $models/yolov4/yolov4-tiny.weights"
fi
python=${OCTET_TENSORFLOW_PYTHON:-python3}
if ! "$python" -c "import tensorflow, tf_keras" 2>/dev/null; then
  skip "KERAS' YOLO WAS NOT TRIED, since $python has no TensorFlow (pip install tensorflow-cpu tf_keras)"
fi
"$python" "$root/tests/keras_yolo_test.py" "$octet" "$models" "$work"
