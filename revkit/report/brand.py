"""Brand of a report: a name, a logo and two colours, read from a YAML file and checked."""

from __future__ import annotations

import re
import warnings
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from revkit.errors import BrandError

KEYS = ("name", "logo", "colours")
DEFAULTS = {"accent": "#1f5f8b", "ink": "#1f2933"}
"""Colours by what they are for: links and marks, and text. Both are read on white."""

LONGEST, LARGEST, WIDEST = 60, 200_000, 2_000
"""Letters of a name, bytes of a logo, and pixels of its sides."""

CONTRAST = 4.5
"""Least contrast of text on its ground (WCAG 2, level AA)."""

GROUNDS = {"white": "#ffffff", "the grey of notes": "#f6f7f9"}
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


@dataclass(frozen=True)
class Logo:
    """A picture as it is in its file, and its size in pixels."""

    content: bytes
    kind: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """The picture as an address of itself, for a page that loads nothing."""
        return f"data:{TYPES[self.kind]};base64,{b64encode(self.content).decode()}"


@dataclass(frozen=True)
class Brand:
    """A name, a logo and the colours of a report; by default only revkit's colours."""

    name: str = ""
    logo: Logo | None = None
    accent: str = DEFAULTS["accent"]
    ink: str = DEFAULTS["ink"]

    @property
    def style(self) -> str:
        """The style sheet's variables, where they are other than revkit's."""
        if (self.accent, self.ink) == tuple(DEFAULTS.values()):
            return ""
        return f":root {{ --accent: {self.accent}; --ink: {self.ink}; }}"


def read_brand(file: str | Path | None) -> Brand:
    """Return the brand that a YAML file describes; revkit's without one.

    Raises
    ------
    BrandError
        When the file or its logo cannot be read, or text in a colour could not be read.
    """
    import yaml

    from revkit.yaml_files import load_yaml, yaml_problem

    if file is None:
        return Brand()
    path = Path(file)
    try:
        content = load_yaml(path)
    except yaml.YAMLError as error:
        raise BrandError.unreadable(str(file), problem=yaml_problem(error)) from None
    if not isinstance(content, Mapping) or not content:
        raise BrandError.no_brand(str(file), known=KEYS)
    for key in content:
        if key not in KEYS:
            raise BrandError.unknown(str(file), str(key), known=KEYS)
    logo = content.get("logo")
    return Brand(
        _name(content.get("name", ""), path),
        None if logo is None else _logo(logo, path),
        **_colours(content.get("colours", {}), path),
    )


def _name(given: Any, file: Path) -> str:
    text = " ".join(given.split()) if isinstance(given, str) else given
    if not isinstance(text, str) or len(text) > LONGEST or not text.isprintable():
        raise BrandError.name(file.name, given, longest=LONGEST)
    return text


def _logo(given: Any, file: Path) -> Logo:
    """Return the picture in a file beside the brand's own."""
    from PIL import Image, ImageFile

    if not isinstance(given, str) or not given:
        raise BrandError.logo(str(given), "it is no name of a file")
    place = file.expanduser().parent / given
    try:
        with place.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # a name with a NUL byte is a ValueError
        raise BrandError.logo(given, getattr(error, "strerror", None) or str(error)) from None
    if len(content) > LARGEST:
        raise BrandError.logo(given, f"it is larger than {LARGEST // 1000} kB")
    # What prints a PDF without a browser has Pillow take half a picture for a whole one.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of too many pixels, which are refused below
            with Image.open(BytesIO(content), formats=list(TYPES)) as picture:
                kind, (width, height) = str(picture.format), picture.size
                if max(width, height) <= WIDEST:
                    picture.load()
    except Exception:  # of a decoder: each has errors of its own
        raise BrandError.logo(given, "it is no PNG or JPEG picture") from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    if max(width, height) > WIDEST:
        raise BrandError.logo(given, f"a side of it is longer than {WIDEST:,} pixels")
    return Logo(content, kind, width, height)


def _colours(given: Any, file: Path) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise BrandError.colours(file.name, known=DEFAULTS)
    for name, value in given.items():
        if name not in DEFAULTS:
            raise BrandError.unknown(file.name, f"colours: {name}", known=DEFAULTS)
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise BrandError.colour(file.name, str(name), value)
        for ground, colour in GROUNDS.items():
            found = contrast(value, colour)
            if found < CONTRAST:
                raise BrandError.contrast(
                    str(name), value, found=found, ground=ground, needed=CONTRAST,
                    instead=_darker(value),
                )  # fmt: skip
    return {name: str(value).lower() for name, value in given.items()}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2, from 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    >>> round(contrast("#ffcc00", "#ffffff"), 1)
    1.5
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _darker(colour: str) -> str:
    """Return the same hue, as dark as can be read on every ground."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(99, -1, -1):
        darker = "#" + "".join(f"{part * share // 100:02x}" for part in parts)
        if all(contrast(darker, ground) >= CONTRAST for ground in GROUNDS.values()):
            return darker
    raise AssertionError("black can be read")
