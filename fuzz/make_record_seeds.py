"""Seeds of fuzz_record: a record as octet writes it, one with everything that may be empty, and what is not one.

    python make_record_seeds.py
"""
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus/fuzz_record"
DIGEST = "c458427acc4fbeabceff4528ef7b65b066c0308ce599460f8ba299eba63abad3"


def file(path, size=12, digest=DIGEST):
    return {"path": path, "bytes": size, "sha256": digest}


def record(**changes):
    whole = {"octet_record": 1, "version": "0.1.0", "cpu": "Example 9000", "isa": "avx2", "model": "../FP32/x.xml", "weights": "../FP32/x.bin",
             "labels": "../../x.names", "description": "../../x.yml", "sources": [file("../FP32/x.xml"), file("../FP32/x.bin")],
             "picture_folder": "../../pictures", "pictures": [file("a/1.jpg"), file("2.jpg", 0, "")],
             "options": {"exif": "no", "onnx": "yes", "precision": "FP16", "target": "avx2"}, "outputs": [file("x.bin"), file("x.xml")]}
    return json.dumps({**whole, **changes}, indent=1)


SEEDS = {
    "whole": record(),
    "sparse": record(weights="", labels="", description="", sources=[], options={}, outputs=[]),
    "leaves_its_folder": record(pictures=[file("../../1.jpg")]),
    "unknown_option": record(options={"target": "toaster"}),
    "later_form": record(octet_record=2),
    "deep": '{"octet_record": ' + "[" * 200 + "]" * 200 + "}",
    "cut": record()[:300],
}

FOLDER.mkdir(parents=True, exist_ok=True)
for name, text in SEEDS.items():
    (FOLDER / name).write_text(text)
