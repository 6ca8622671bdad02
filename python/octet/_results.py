"""What detection and measuring return."""

from __future__ import annotations

import base64
import dataclasses
import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from octet import _octet
from octet._pictures import Picture, pixels_of

if TYPE_CHECKING:
    import pandas as pd

# Of the 91 numbers that COCO's categories have, those that are not used: the n-th of its 80 classes has the n-th of the others.
_COCO_GAPS = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
_COCO_CATEGORY_IDS = tuple(number for number in range(1, 91) if number not in _COCO_GAPS)


@dataclasses.dataclass(frozen=True, slots=True)
class Detection:
    """An object that was found. Its box has corners in pixels of the picture: x0 <= x1 from the left, y0 <= y1 from the top."""

    label: str  # name of the class, or its number where the model knows no names
    class_index: int  # of the model's own list of classes, from 0
    score: float  # 0..1
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(x0, y0, x1, y1) in pixels."""
        return (self.x0, self.y0, self.x1, self.y1)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class Detections(Sequence[Detection]):
    """What was found in a picture, by falling score: a sequence of Detection."""

    detections: tuple[Detection, ...]
    width: int  # of the picture, pixels
    height: int
    labels: tuple[str, ...] = dataclasses.field(default=(), repr=False)  # of all classes of the model
    picture: Picture | None = dataclasses.field(default=None, repr=False, compare=False)  # what was given, not a copy

    def __len__(self) -> int:
        return len(self.detections)

    @overload
    def __getitem__(self, index: int) -> Detection: ...
    @overload
    def __getitem__(self, index: slice) -> Detections: ...
    def __getitem__(self, index: int | slice) -> Detection | Detections:
        if isinstance(index, slice):
            return dataclasses.replace(self, detections=self.detections[index])
        return self.detections[index]

    def __iter__(self) -> Iterator[Detection]:
        return iter(self.detections)

    def to_dict(self) -> dict[str, Any]:
        """{"width", "height", "detections": [Detection.to_dict(), ...]}, of numbers and texts alone."""
        return {"width": self.width, "height": self.height, "detections": [one.to_dict() for one in self.detections]}

    def to_coco(self, image_id: int, category_ids: Sequence[int] | Mapping[str, int] | None = None) -> list[dict[str, Any]]:
        """Entries of COCO's results format: image_id, category_id, bbox as [left, top, width, height] in pixels, score.

        category_ids: the number of each class, by its index or by its label. Without them those of COCO where the model has 80
        classes, else the index of the class.
        """
        if category_ids is None:
            category_ids = _COCO_CATEGORY_IDS if len(self.labels) == len(_COCO_CATEGORY_IDS) else None

        def category(one: Detection) -> int:
            if category_ids is None:
                return one.class_index
            return category_ids[one.label] if isinstance(category_ids, Mapping) else category_ids[one.class_index]

        return [{"image_id": image_id, "category_id": category(one), "bbox": [one.x0, one.y0, one.x1 - one.x0, one.y1 - one.y0],
                 "score": one.score} for one in self.detections]

    def to_pandas(self) -> pd.DataFrame:
        """A row a detection, a column a field of Detection. Needs pandas."""
        import pandas as pd

        return pd.DataFrame([one.to_dict() for one in self.detections], columns=[field.name for field in dataclasses.fields(Detection)])

    def to_supervision(self) -> Any:
        """A supervision.Detections, with the labels as data["class_name"]. Needs supervision."""
        import numpy as np
        import supervision as sv  # type: ignore[import-not-found,import-untyped,unused-ignore]

        return sv.Detections(
            xyxy=np.array([one.box for one in self.detections], np.float32).reshape(-1, 4),
            confidence=np.array([one.score for one in self.detections], np.float32),
            class_id=np.array([one.class_index for one in self.detections], int),
            data={"class_name": np.array([one.label for one in self.detections], dtype=str)})

    def to_jpeg(self) -> bytes:
        """The picture with its boxes, labels and scores drawn, as a JPEG file. Raises what reading the picture raises."""
        import tempfile

        if self.picture is None:
            raise ValueError("these detections have no picture")
        canvas = _octet.copy_image(pixels_of(self.picture))
        _octet.draw(canvas, [(one.label, one.class_index, one.score, *one.box) for one in self.detections])
        with tempfile.TemporaryDirectory(prefix="octet-") as folder:
            file = Path(folder) / "picture.jpg"
            canvas.write(bytes(file))
            return file.read_bytes()

    def _repr_html_(self) -> str:
        count = f"{len(self)} object{'' if len(self) == 1 else 's'} in {self.width}x{self.height} pixels"
        if self.picture is None:
            return f"<p>{count}</p>"
        drawn = base64.b64encode(self.to_jpeg()).decode()
        return f'<figure><img style="max-width:100%" alt="{count}" src="data:image/jpeg;base64,{drawn}"><figcaption>{count}</figcaption></figure>'


@dataclasses.dataclass(frozen=True, slots=True)
class ClassAccuracy:
    """Of the objects of one category."""

    name: str
    category_id: int  # of the annotations
    objects: int  # annotated ones
    ap: float  # as of Accuracy
    ap50: float

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True)
class Accuracy:
    """COCO's 12 numbers, those of pycocotools, as fractions; -1 where nothing of the kind is annotated."""

    ap: float  # mean over IoU 0.50, 0.55 .. 0.95
    ap50: float
    ap75: float
    ap_small: float  # by the area of the object: up to 32², up to 96², above, or by area_limits
    ap_medium: float
    ap_large: float
    ar1: float  # recall with that many detections a picture
    ar10: float
    ar100: float
    ar_small: float
    ar_medium: float
    ar_large: float
    images: int  # pictures that could be read
    classes: tuple[ClassAccuracy, ...] = dataclasses.field(default=(), repr=False)  # by rising category_id

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def to_pandas(self) -> pd.Series[Any]:
        """The fields by name, but for `classes`. Needs pandas."""
        import pandas as pd

        return pd.Series({**dict(_fractions(self)), "images": self.images})

    def classes_to_pandas(self) -> pd.DataFrame:
        """A row a class, a column a field of ClassAccuracy. Needs pandas."""
        import pandas as pd

        return pd.DataFrame([one.to_dict() for one in self.classes], columns=[field.name for field in dataclasses.fields(ClassAccuracy)])

    def _repr_html_(self) -> str:
        return table(["", "%"], [(name, _percent(value)) for name, value in _fractions(self)]) + f"<p>{self.images} pictures</p>"


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same pictures."""

    first: Accuracy
    second: Accuracy
    drop: float  # ap of the first less ap of the second
    drop_low: float  # the drop's 95 % interval over draws of the pictures
    drop_high: float
    fidelity: float  # ap of the second where the first's detections of at least 0.3 are the truth; -1: there are none

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def to_pandas(self) -> pd.DataFrame:
        """A row a number, a column a model, in fractions. Needs pandas."""
        import pandas as pd

        return pd.DataFrame({"first": dict(_fractions(self.first)), "second": dict(_fractions(self.second))})

    def _repr_html_(self) -> str:
        rows = [(name, _percent(first), _percent(second)) for (name, first), (_, second) in zip(_fractions(self.first), _fractions(self.second))]
        points = f"drop {100 * self.drop:.2f} points of AP, 95 % between {100 * self.drop_low:.2f} and {100 * self.drop_high:.2f}"
        return table(["%", "first", "second"], rows) + f"<p>{points}; fidelity {_percent(self.fidelity)} %; {self.first.images} pictures</p>"


def _fractions(accuracy: Accuracy) -> list[tuple[str, float]]:
    names = [field.name for field in dataclasses.fields(accuracy) if field.name not in ("images", "classes")]
    return [(name, getattr(accuracy, name)) for name in names]


def accuracy_of(figures: dict[str, Any]) -> Accuracy:
    """As the binary module gives it."""
    return Accuracy(**{**figures, "classes": tuple(ClassAccuracy(*row) for row in figures["classes"])})


def comparison_of(figures: dict[str, Any]) -> Comparison:
    return Comparison(**{**figures, "first": accuracy_of(figures["first"]), "second": accuracy_of(figures["second"])})


def _percent(fraction: float) -> str:
    return "-" if fraction < 0 else f"{100 * fraction:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As HTML."""

    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table><thead>{row(head, 'th')}</thead><tbody>{''.join(row(cells, 'td') for cells in rows)}</tbody></table>"
