"""Seeds of fuzz_part: a part as octet writes it, the beginning of one, its setup, a record of boxes and one of statistics.

    python make_part_seeds.py
"""
import hashlib
import json
import struct
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus/fuzz_part"
DIGEST = "c458427acc4fbeabceff4528ef7b65b066c0308ce599460f8ba299eba63abad3"
SETUP = json.dumps({"octet_part": 1, "version": "0.1.0", "isa": "avx2", "verb": "check", "share": "1/2", "options": {"--limit": ["8"], "--exif": []},
                    "places": {"model": ["/x.xml"], "--data": ["/coco"]}, "inputs": [{"path": "x.xml", "bytes": 12, "sha256": DIGEST}],
                    "pictures": 8, "picture_names": DIGEST}).encode()


def record(number, content):
    return struct.pack("<I", len(content)) + content + hashlib.sha256(struct.pack("<Q", number) + content).hexdigest()[:16].encode()


def found(model, picture, boxes):
    return b"D" + struct.pack("<IQBI", model, picture, 1, len(boxes)) + b"".join(struct.pack("<ifffff", *box) for box in boxes)


def exact(first, *limbs):
    return struct.pack("<BB", first, len(limbs)) + struct.pack(f"<{len(limbs)}Q", *limbs)


def statistics():
    moments = exact(5, 7) + exact(5, 49)
    observer = struct.pack("<qI", 2, 1) + struct.pack("<ff", -1, 3) + moments + moments + exact(5, 3) + moments + moments
    histogram = struct.pack("<I", 1) + struct.pack("<II", 100, 2) + struct.pack("<II", 5, 6) + struct.pack("<II", 250, 0)
    value = struct.pack("<QQ", 12, 0)
    return DIGEST.encode() + struct.pack("<I", 1) + value + observer + struct.pack("<I", 1) + value + histogram


BOXES = found(1, 6, [(3, 0.5, 1, 2, 30, 40), (0, 0.25, 0, 0, 5, 5)])
WHOLE = b"octet part 1\n" + b"".join(
    record(number, content)
    for number, content in enumerate([b"S" + SETUP, found(0, 6, []), BOXES, b"E" + struct.pack("<QdQ", 3, 1.5, 0)]))
SEEDS = {"whole": WHOLE, "cut": WHOLE[:-40], "setup": SETUP, "boxes": BOXES, "statistics": statistics()}

FOLDER.mkdir(parents=True, exist_ok=True)
for name, content in SEEDS.items():
    (FOLDER / name).write_bytes(content)
