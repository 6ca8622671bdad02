"""Writes the small pictures of this folder and expected.txt: for each, a hash of the pixels that OpenCV's imread gives,
and for resizes a hash of the network input that independent code computes.

    python3 make_fixtures.py FOLDER_WITH_RECIPES PHOTO.jpg

FOLDER_WITH_RECIPES holds recipes.py, the project's written-down recipes for its peers. PHOTO is COCO
val2017/000000006818.jpg (CC BY 2.0, its attribution is in demo/ATTRIBUTION.md), of which a piece is kept.
Made with OpenCV 5.0.0 and NumPy 2.4.6. cmyk.jpg comes from make_cmyk.c.
"""
import struct
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, sys.argv[1])
import recipes  # noqa: E402

here = Path(__file__).parent
generator = np.random.default_rng(7)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def scanlines(row_bytes, rows):
    return b"".join(b"\0" + generator.integers(0, 256, row_bytes, dtype=np.uint8).tobytes() for _ in range(rows))


def write_png(name, width, height, depth, colour, pixels, extra=b"", interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    (here / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra +
                              chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))


def write_pictures(photo):
    for name, factor in {"420": 0x221111, "422": 0x211111, "444": 0x111111, "440": 0x121111}.items():
        cv2.imwrite(str(here / f"photo_{name}.jpg"), photo, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
    cv2.imwrite(str(here / "photo_progressive.jpg"), photo,
                [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 3])
    cv2.imwrite(str(here / "grey.jpg"), photo[:, :, 0])
    whole = (here / "photo_420.jpg").read_bytes()
    (here / "stray_bytes.jpg").write_bytes(whole[:-2] + bytes(9) + whole[-2:])
    palette = chunk(b"PLTE", generator.integers(0, 256, 768, dtype=np.uint8).tobytes())
    palette4 = chunk(b"PLTE", generator.integers(0, 256, 48, dtype=np.uint8).tobytes())
    alphas = chunk(b"tRNS", generator.integers(0, 256, 256, dtype=np.uint8).tobytes())
    write_png("rgb8.png", 20, 13, 8, 2, scanlines(60, 13))
    write_png("rgba8.png", 20, 13, 8, 6, scanlines(80, 13))
    write_png("rgba16.png", 20, 13, 16, 6, scanlines(160, 13))
    write_png("rgb16.png", 20, 13, 16, 2, scanlines(120, 13))
    write_png("grey2.png", 20, 13, 2, 0, scanlines(5, 13))
    write_png("grey_alpha8.png", 20, 13, 8, 4, scanlines(40, 13))
    write_png("palette8.png", 21, 13, 8, 3, scanlines(21, 13), palette + alphas)
    write_png("palette4.png", 20, 13, 4, 3, scanlines(10, 13), palette4)
    write_png("huge_claim.png", 100_000, 100_000, 8, 2, scanlines(60, 1))
    passes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    write_png("interlaced.png", 8, 8, 8, 0, b"".join(scanlines(*size) for size in passes), interlace=1)


def with_orientation(jpeg, orientation):
    """The file with an EXIF segment in front that holds nothing but the orientation; exif_test.cc puts in the same."""
    exif = b"Exif\0\0II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + jpeg[2:]


def orientation_lines():
    whole = (here / "photo_420.jpg").read_bytes()
    for orientation in range(1, 9):
        file = np.frombuffer(with_orientation(whole, orientation), np.uint8)
        pixels = cv2.imdecode(file, cv2.IMREAD_COLOR)
        yield f"exif{orientation} photo_420.jpg {pixels.shape[1]} {pixels.shape[0]} {fnv1a(pixels.tobytes())}"


def expected_lines():
    for path in sorted(here.glob("*.jpg")) + sorted(here.glob("*.png")):
        if path.name == "huge_claim.png":
            continue
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        yield f"decode {path.name} {pixels.shape[1]} {pixels.shape[0]} {fnv1a(pixels.tobytes())}"
    yield from orientation_lines()
    for name in ("photo_420.jpg", "rgb8.png"):
        for kind in ("stretch", "stretch_tf1", "letterbox_corner"):
            for size in (5, 48, 75, 160):
                recipe = recipes.Recipe("", size, kind, "bgr", 0, 1, "", "", 0, False)
                tensor = recipes.prepare(recipe, here / name)[0]
                yield f"{kind} {name} {size} {size} {fnv1a(tensor.tobytes())}"


write_pictures(cv2.imread(sys.argv[2])[120:220, 100:250])
(here / "expected.txt").write_text("\n".join(expected_lines()) + "\n")
