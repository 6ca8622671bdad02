"""Writes the small pictures of this folder and expected.txt: for each, a hash of the pixels that OpenCV's imread gives,
and for resizes a hash of the network input that independent code computes.

    python3 make_fixtures.py FOLDER_WITH_RECIPES PHOTO.jpg

FOLDER_WITH_RECIPES holds recipes.py, the project's written-down recipes for its peers. PHOTO is COCO
val2017/000000006818.jpg (CC BY 2.0, its attribution is in demo/ATTRIBUTION.md), of which a piece is kept.
Made with OpenCV 5.0.0 and NumPy 2.4.6. cmyk.jpg, three_scans.jpg and arithmetic.jpg come from make_jpegs.c.
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


def write_jpegs_and_pngs(photo):
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


def bitmap(width, height, bits, pixels, header=40, compression=0, palette=b"", masks=(), colours=0):
    """A BMP; a negative height has the top row first."""
    masks = struct.pack(f"<{len(masks)}I", *masks)
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(pixels), 0, 0, colours, 0)
        if header > 40:
            info, masks = info + masks.ljust(header - 40, b"\0"), b""
    begin = 14 + len(info) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", begin + len(pixels), 0, 0, begin) + info + masks + palette + pixels


def random_bytes(count):
    return generator.integers(0, 256, count, dtype=np.uint8).tobytes()


def write_bitmaps():
    def write(name, bits, header=40, height=7, **more):
        row_bytes = (11 * bits + 31) // 32 * 4
        (here / f"{name}.bmp").write_bytes(bitmap(11, height, bits, random_bytes(row_bytes * 7), header, **more))

    write("bits24", 24)
    write("bits24_os2", 24, header=12)
    write("bits24_from_top", 24, height=-7)
    write("bits32", 32)
    write("bits32_v5_rgba", 32, header=124, compression=3, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000))
    write("bits16", 16)
    write("bits16_565", 16, compression=3, masks=(0xF800, 0x7E0, 0x1F))
    write("bits8", 8, palette=random_bytes(1024))
    write("bits8_5_colours", 8, palette=random_bytes(20), colours=5)
    write("bits8_os2", 8, header=12, palette=random_bytes(768))
    write("bits4", 4, palette=random_bytes(64))
    write("bits1", 1, palette=random_bytes(8))


def write_webps(photo):
    alpha = np.dstack([photo, generator.integers(0, 256, photo.shape[:2], dtype=np.uint8)])
    cv2.imwrite(str(here / "lossy.webp"), photo, [cv2.IMWRITE_WEBP_QUALITY, 60])
    cv2.imwrite(str(here / "lossy_alpha.webp"), alpha[:40, :50], [cv2.IMWRITE_WEBP_QUALITY, 60])
    cv2.imwrite(str(here / "lossless.webp"), photo[:40, :51], [cv2.IMWRITE_WEBP_QUALITY, 101])
    cv2.imwrite(str(here / "lossless_alpha.webp"), alpha[:21, :30], [cv2.IMWRITE_WEBP_QUALITY, 101])
    animation = cv2.Animation()
    animation.frames = [alpha[:30, :40], alpha[30:60, :40]]
    animation.durations = [100, 100]
    cv2.imwriteanimation(str(here / "animated.webp"), animation)


def tiff(pixels, photometric, order="<", orientation=1, extra_samples=(), bits=None, palette=None):
    """A TIFF of one uncompressed strip, its directory first."""
    height, width = pixels.shape[:2]
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    bits = bits or 8 * pixels.itemsize
    if bits == 1:
        data, width = pixels.tobytes(), width * 8
    else:
        data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    tags = [(256, "I", [width]), (257, "I", [height]), (258, "H", [bits] * samples), (259, "H", [1]), (262, "H", [photometric]),
            (273, "I", None), (274, "H", [orientation]), (277, "H", [samples]), (278, "I", [height]), (279, "I", [len(data)])]
    tags += [(320, "H", palette)] if palette is not None else []
    tags += [(338, "H", extra_samples)] if extra_samples else []
    behind = 8 + 2 + 12 * len(tags) + 4
    values = b""
    entries = b""
    long_bytes = sum(struct.calcsize(f"{order}{len(value)}{kind}") for _, kind, value in tags
                     if value and struct.calcsize(f"{order}{len(value)}{kind}") > 4)
    for tag, kind, value in tags:
        value = [behind + long_bytes] if value is None else value
        packed = struct.pack(f"{order}{len(value)}{kind}", *value)
        entries += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[kind], len(value))
        if len(packed) > 4:
            entries += struct.pack(f"{order}I", behind + len(values))
            values += packed
        else:
            entries += packed.ljust(4, b"\0")
    start = {"<": b"II*\0", ">": b"MM\0*"}[order]
    return start + struct.pack(f"{order}IH", 8, len(tags)) + entries + struct.pack(f"{order}I", 0) + values + data


def write_tiffs(photo):
    small, grey = photo[:40, :51], photo[:13, :20, 0]
    for name, compression in {"lzw": 5, "deflate": 8, "packbits": 32773, "jpeg": 7}.items():
        cv2.imwrite(str(here / f"{name}.tif"), small, [cv2.IMWRITE_TIFF_COMPRESSION, compression, cv2.IMWRITE_TIFF_ROWSPERSTRIP, 16])
    cv2.imwritemulti(str(here / "two_pages.tif"), [small[:13, :20], small[13:33, :21]])

    def random_pixels(shape, kind=np.uint8):
        return generator.integers(0, np.iinfo(kind).max + 1, shape, dtype=kind)

    def write(name, *what, **more):
        (here / f"{name}.tif").write_bytes(tiff(*what, **more))

    write("grey", grey, 1)
    write("grey_white_is_zero", grey, 0)
    write("grey16", random_pixels((13, 20), np.uint16), 1)
    write("rgb16_big_endian", random_pixels((13, 20, 3), np.uint16), 2, ">")
    write("rgba", random_pixels((13, 20, 4)), 2, extra_samples=[2])
    write("rgba_premultiplied", random_pixels((13, 20, 4)), 2, extra_samples=[1])
    write("cmyk", random_pixels((13, 20, 4)), 5)
    write("bilevel", random_pixels((13, 3)), 1, bits=1)
    write("palette", random_pixels((13, 20)), 3, palette=random_pixels(768, np.uint16).tolist())
    for orientation in (2, 3, 4):
        write(f"orientation{orientation}", small[:13, :20, ::-1], 2, orientation=orientation)


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
    for path in (path for kind in ("jpg", "png", "bmp", "webp", "tif") for path in sorted(here.glob(f"*.{kind}"))):
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


photo = cv2.imread(sys.argv[2])[120:220, 100:250]
write_jpegs_and_pngs(photo)
write_bitmaps()
write_webps(photo)
write_tiffs(photo)
(here / "expected.txt").write_text("\n".join(expected_lines()) + "\n")
