"""What `Detector.detect` takes for a picture, as an array of bytes B, G, R."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol, Union, runtime_checkable

from octet import _octet
from octet._arguments import path_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


@runtime_checkable
class SupportsDLPack(Protocol):
    """An array of another library in the memory of the CPU: a tensor of PyTorch, of JAX, of OpenVINO."""

    def __dlpack__(self, **options: Any) -> Any: ...


@runtime_checkable
class PillowImage(Protocol):
    """A PIL.Image.Image."""

    mode: str

    def convert(self, mode: str) -> Any: ...


# A path, a NumPy array or what lends one by DLPack or __array_interface__, or a picture of Pillow.
Picture = Union[str, "os.PathLike[str]", "Pixels", SupportsDLPack, PillowImage]


def read_image(path: str | os.PathLike[str], *, exif: bool = False) -> Pixels:
    """Decodes a JPEG, PNG, BMP, WebP or TIFF file.

    exif   turn the picture as its EXIF orientation says, which is ignored else

    Returns an array of bytes, shape [height, width, 3], channels B, G, R, as OpenCV's imread: grey becomes BGR, 16 bits become 8,
    alpha is dropped.

    Raises FileNotFoundError; ValueError for a file that is no picture, lacks pixels or has more than 100 million of them.
    """
    return array_of(_octet.read_image(path_of(path, "path"), bool(exif)))


def array_of(pixels: Pixels | _octet.Picture) -> Pixels:
    """What pixels_of() returns as an array, a copy where it is none."""
    if not isinstance(pixels, _octet.Picture):
        return pixels
    import numpy as np

    array = np.empty(pixels.shape, np.uint8)
    pixels.copy_to(array)
    return array


def pixels_of(picture: Picture, exif: bool = False) -> Pixels | _octet.Picture:
    """The bytes of a picture, shape [height, width, 3], channels B, G, R; each row without gaps. `exif` is for paths.

    An array's own memory where its rows have no gaps within, whatever lies between the rows; else a copy. A path's picture is in the library's
    memory: NumPy is not needed for it.
    Raises what read_image() raises, ValueError for an array of another type or shape, TypeError for anything else.
    """
    if isinstance(picture, (str, os.PathLike)):
        return _octet.read_image(path_of(picture, "path"), bool(exif))
    import numpy as np

    if isinstance(picture, np.ndarray):
        return _checked(picture)
    if isinstance(picture, PillowImage):
        return _checked(_bytes_of_pillow(picture))
    if isinstance(picture, SupportsDLPack):
        try:
            return _checked(np.from_dlpack(picture))
        except (BufferError, RuntimeError, TypeError) as error:
            raise ValueError(f"a picture of type {type(picture).__name__} that NumPy cannot take by DLPack: {error}") from error
    if hasattr(picture, "__array_interface__"):
        return _checked(np.asarray(picture))
    raise TypeError(f"a picture is a path, an array, a picture of Pillow or what has DLPack, not {type(picture).__name__}")


def _bytes_of_pillow(picture: PillowImage) -> Pixels:
    """Shape [height, width, 3], channels B, G, R. Raises ValueError for a mode whose values have no range."""
    import numpy as np

    if picture.mode in ("I", "F"):
        raise ValueError(f"a picture of Pillow in mode {picture.mode} has no greatest value; scale it to bytes, in mode L or RGB")
    if picture.mode.startswith("I;16"):  # of which convert() cuts off what is above 255
        grey = (np.asarray(picture) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, np.newaxis], 3, axis=2)
    rgb: Pixels = np.asarray(picture.convert("RGB"))
    return rgb[:, :, ::-1]


def _checked(array: Any) -> Pixels:
    """The array, or a copy without gaps within its rows."""
    import numpy as np

    if array.dtype != np.uint8:
        raise ValueError(f"a picture has bytes (uint8), not {array.dtype}")
    if array.ndim != 3 or array.shape[2] != 3:
        raise ValueError(f"a picture has the shape [height, width, 3], not {list(array.shape)}")
    if array.size == 0:
        raise ValueError(f"a picture has pixels; this one is {array.shape[1]}x{array.shape[0]}")
    row_bytes = 3 * array.shape[1]
    if array.strides[1:] == (3, 1) and array.strides[0] >= row_bytes:
        return array  # type: ignore[no-any-return]
    return np.ascontiguousarray(array)
