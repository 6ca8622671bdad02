"""octet takes a published object detector to an INT8 model that you can trust on your own CPU.

    import octet

    fp32 = octet.convert("yolov4-tiny.cfg")
    int8 = octet.quantize(fp32, "photographs")
    detector = octet.compile(int8)
    for found in detector.detect("street.jpg"):
        print(found.label, found.score, found.box)

Errors are FileNotFoundError, ValueError, octet.Unsupported, octet.RequirementNotMet and OSError, with the line that the program prints.
Nothing else is printed.
"""

from octet._detector import Detector, compile
from octet._measure import Bench, Latency, Run, bench, run
from octet._models import Model, compare, convert, evaluate, known_models, load, quantize
from octet._octet import RequirementNotMet, Unsupported, version
from octet._pictures import read_image
from octet._results import Accuracy, ClassAccuracy, Comparison, Detection, Detections

__version__ = version()

__all__ = [
    "Accuracy",
    "Bench",
    "ClassAccuracy",
    "Comparison",
    "Detection",
    "Detections",
    "Detector",
    "Latency",
    "Model",
    "RequirementNotMet",
    "Run",
    "Unsupported",
    "bench",
    "compare",
    "compile",
    "convert",
    "evaluate",
    "known_models",
    "load",
    "quantize",
    "read_image",
    "run",
]
