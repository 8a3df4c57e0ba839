"""LaTeX (as sympy prints it) -> inline SVG in the text's own colour, or readable text.

Glyphs are drawn once per page and referred to. A long formula is a row of pieces broken at its
relations and sums, which the browser wraps like words. What mathtext cannot set is translated
first (cases and matrices become columns), and if it still cannot, `plain` is shown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

EM = 100.0  # mathtext units of one em
ONE_LINE = 18.0  # em: what fits a phone without breaking


# --- plain text ------------------------------------------------------------------------------

_SYMBOLS = dict(
    word.split(":")
    for word in (
        "alpha:α beta:β gamma:γ delta:δ epsilon:ε varepsilon:ε zeta:ζ eta:η theta:θ iota:ι kappa:κ "
        "lambda:λ mu:μ nu:ν xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ phi:φ varphi:φ chi:χ psi:ψ "
        "omega:ω Gamma:Γ Delta:Δ Theta:Θ Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Phi:Φ Psi:Ψ Omega:Ω infty:∞ "
        "leq:≤ le:≤ geq:≥ ge:≥ neq:≠ ne:≠ approx:≈ sim:~ equiv:≡ propto:∝ to:→ rightarrow:→ "
        "Rightarrow:⇒ implies:⇒ Leftrightarrow:⇔ iff:⇔ Longleftrightarrow:⇔ cdot:· times:× pm:± "
        "mp:∓ wedge:∧ land:∧ vee:∨ lor:∨ neg:¬ in:∈ notin:∉ subset:⊂ cup:∪ cap:∩ forall:∀ "
        "exists:∃ partial:∂ nabla:∇ sum:Σ prod:Π int:∫ ldots:… dots:… cdots:⋯ mid:| vert:| Vert:‖ "
        "lVert:‖ rVert:‖ lvert:| rvert:| lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ langle:⟨ rangle:⟩ "
        "lbrace:{ rbrace:} ell:ℓ top:⊤ prime:′ circ:∘ ast:* otimes:⊗ odot:⊙ oplus:⊕ setminus:\\ "
        "emptyset:∅ ll:≪ gg:≫ perp:⊥ parallel:∥ dagger:† Re:Re Im:Im bmod:mod"
    ).split()
)
_SPACES = {",", ":", ";", " ", "quad", "qquad", "\\", "!"}
_SILENT = {"left", "right", "middle", "limits", "displaystyle", "big", "Big", "bigl", "bigr"}
_ACCENTS = {"hat": "̂", "tilde": "̃", "bar": "̄", "overline": "̄"}
_SPACED = "=<>≤≥≠≈≡∝→⇒⇔∧∨"
_TOKEN = re.compile(r"\\begin\{\w+\}(?:\{[^}]*\})?|\\end\{\w+\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.S)


def plain(latex: str) -> str:
    r"""A formula as readable text, for screen readers and where nothing better can be shown.

    >>> plain(r"\kappa_{l+1} = \frac{3 \left(w - 1\right)}{w} + \sigma^{2}")
    'κ_(l+1) = (3 (w - 1))/w + σ²'
    """
    tokens = _TOKEN.findall(latex)
    text, _ = _read(tokens, 0, "")
    return re.sub(r"\s+", " ", text).strip()


def _read(tokens: list[str], at: int, until: str) -> tuple[str, int]:
    """Text of the tokens up to `until`, and the place behind it."""
    parts: list[str] = []
    while at < len(tokens) and tokens[at] != until:
        piece, at = _one(tokens, at)
        parts.append(piece)
    return "".join(parts), at + 1


def _one(tokens: list[str], at: int) -> tuple[str, int]:
    """Text of the token or group at `at`, and the place behind it."""
    if at >= len(tokens):
        return "", at
    token = tokens[at]
    at += 1
    if token == "{":
        return _read(tokens, at, "}")
    if token in "^_":
        inner, at = _one(tokens, at)
        return _script(token, inner), at
    if token == "&":
        return " ", at
    if token.startswith(("\\begin", "\\end")):
        return " ", at
    if not token.startswith("\\"):
        return (f" {token} " if token in _SPACED else token), at
    return _command(token[1:].rstrip("*"), tokens, at)


def _command(name: str, tokens: list[str], at: int) -> tuple[str, int]:
    if name in ("frac", "dfrac", "tfrac", "cfrac"):
        top, at = _one(tokens, at)
        bottom, at = _one(tokens, at)
        return f"{_wrapped(top)}/{_wrapped(bottom)}", at
    if name in ("binom", "dbinom", "tbinom"):
        top, at = _one(tokens, at)
        bottom, at = _one(tokens, at)
        return f"C({top}, {bottom})", at
    if name == "sqrt":
        degree = ""
        if at < len(tokens) and tokens[at] == "[":
            degree, at = _read(tokens, at + 1, "]")
        inner, at = _one(tokens, at)
        root = {"": "√", "3": "∛", "4": "∜"}.get(degree, f"root {degree} of ")
        return f"{root}({inner})", at
    if name in _ACCENTS:
        inner, at = _one(tokens, at)
        return (inner + _ACCENTS[name] if len(inner) == 1 else inner), at
    if name in _SILENT:
        after = at + 1 if at < len(tokens) and tokens[at] == "." else at
        return "", after
    if name in _SPACES:
        return (" ; " if name == "\\" else " "), at
    if name in _SYMBOLS:
        symbol = _SYMBOLS[name]
        return (f" {symbol} " if symbol in _SPACED else symbol), at
    if name in "{}|_%&#$":
        return ("‖" if name == "|" else name), at
    if name in ("operatorname", "mathrm", "text", "mathbb", "mathcal", "mathbf", "boldsymbol"):
        return _one(tokens, at)
    return f"{name}", at


def _script(mark: str, inner: str) -> str:
    if mark == "^" and re.fullmatch(r"-?\d+", inner):
        return inner.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return mark + (inner if len(inner) == 1 or inner.isdigit() else f"({inner})")


def _wrapped(part: str) -> str:
    part = part.strip()
    return part if re.fullmatch(r"\w+[⁰¹²³⁴⁵⁶⁷⁸⁹]*", part) else f"({part})"


# --- what mathtext does not know ---------------------------------------------------------------

_REPLACED = (
    (re.compile(r"\\limits(?![A-Za-z])"), ""),
    (re.compile(r"\\(?:displaystyle|textstyle|nonumber)(?![A-Za-z])"), ""),
    (re.compile(r"\\(?:[bB]igg?[lrm]?)(?![A-Za-z])"), ""),
    (re.compile(r"\\[tc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\[dt]binom(?![A-Za-z])"), r"\\binom"),
    (re.compile(r"\\operatorname\*"), r"\\operatorname"),
    (re.compile(r"\\(?:text|mathrm)tt(?![A-Za-z])"), r"\\mathtt"),
    (re.compile(r"\\bmod(?![A-Za-z])"), r"\\;\\mathrm{mod}\\;"),
    (re.compile(r"\\(?:iff|Longleftrightarrow)(?![A-Za-z])"), r"\\Leftrightarrow"),
    (re.compile(r"\\(?:implies|Longrightarrow)(?![A-Za-z])"), r"\\Rightarrow"),
    (re.compile(r"\\land(?![A-Za-z])"), r"\\wedge"),
    (re.compile(r"\\lor(?![A-Za-z])"), r"\\vee"),
    (re.compile(r"\\lnot(?![A-Za-z])"), r"\\neg"),
    (re.compile(r"\\(?:geqslant)(?![A-Za-z])"), r"\\geq"),
    (re.compile(r"\\(?:leqslant)(?![A-Za-z])"), r"\\leq"),
    (re.compile(r"\\[lr]Vert(?![A-Za-z])"), r"\\Vert"),
    (re.compile(r"\\[lr]vert(?![A-Za-z])"), r"\\vert"),
    (re.compile(r"\\!"), ""),
    (re.compile(r"(?<!\\)\$"), r"\\$"),
)
_ENVIRONMENT = re.compile(
    r"\\begin\{(cases|[pbvB]?matrix|array|aligned|split)\}(?:\{[lcr|]*\})?"
    r"((?:(?!\\begin\{).)*?)\\end\{\1\}",
    re.S,
)
_DELIMITERS = {
    "cases": (r"\left\{", r"\right."),
    "pmatrix": (r"\left(", r"\right)"),
    "bmatrix": (r"\left[", r"\right]"),
    "vmatrix": (r"\left|", r"\right|"),
    "Bmatrix": (r"\left\{", r"\right\}"),
}


def translate(latex: str) -> str:
    r"""LaTeX in the words of mathtext.

    >>> translate(r"\begin{cases} 1 & \text{for}\: x < 2 \\0 & \text{otherwise} \end{cases}")
    '\\left\\{\\substack{1 \\\\ 0}\\quad \\substack{\\text{for}\\: x < 2 \\\\ \\text{otherwise}}\\right.'
    """
    for pattern, new in _REPLACED:
        latex = pattern.sub(new, latex)
    before = None
    while before != latex:
        before, latex = latex, _ENVIRONMENT.sub(_columns, latex)
    return latex


def _columns(match: re.Match[str]) -> str:
    """The cells of an environment as columns side by side."""
    rows = [
        [cell.strip() or "{}" for cell in row.split("&")]
        for row in re.split(r"\\\\", match[2])
        if row.strip()
    ]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    rows = [row + ["{}"] * (width - len(row)) for row in rows]
    space = " " if match[1] in ("aligned", "split") else r"\quad "
    left, right = _DELIMITERS.get(match[1], ("", ""))
    columns = (r"\substack{" + r" \\ ".join(column) + "}" for column in zip(*rows, strict=True))
    return left + space.join(columns) + right


# --- pieces that wrap like words ---------------------------------------------------------------

_RELATIONS = {"=", "<", ">"} | {
    "\\" + name
    for name in (
        "leq le geq ge neq ne approx sim equiv to rightarrow Rightarrow Leftrightarrow wedge vee"
    ).split()
}


def pieces(latex: str) -> list[str]:
    r"""A formula cut before each relation and each binary sum at its top level.

    >>> pieces(r"y = a \left(1 - b\right) - c")
    ['y', '{} = a \\left(1 - b\\right)', '{} - c']
    """
    found, current, depth = [], "", 0
    before = ""
    for token in _TOKEN.findall(latex):
        if token in ("\\right", "}", ")", "]") or token.startswith("\\end"):
            depth -= 1
        binary = token in "+-" and before not in _RELATIONS | {"", "("} and before not in tuple("+-")
        if depth == 0 and current.strip() and (token in _RELATIONS or binary):
            found.append(current.strip())
            current = "{} "
        current += token
        if token in ("\\left", "{", "(", "[") or token.startswith("\\begin"):
            depth += 1
        if not token.isspace():
            before = token
    return [*found, current.strip()]


# --- drawing -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """One piece, set: glyphs as (id, x, y, scale), bars as rectangles; em hundredths."""

    width: float
    height: float
    depth: float
    glyphs: tuple[tuple[str, float, float, float], ...]
    bars: tuple[tuple[float, float, float, float], ...]


_PATHS: dict[str, str] = {}  # glyph id -> path data; glyphs are facts of a font, never change


@functools.cache
def box(latex: str) -> Box | None:
    """A piece set by mathtext; None if it cannot be."""
    import matplotlib
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=EM)  # type: ignore[no-untyped-call,unused-ignore]
    text = f"${latex}$"
    with matplotlib.rc_context({"mathtext.fontset": "stix"}):
        try:
            width, height, depth = text_to_path.get_text_width_height_descent(text, font, True)
            glyphs, outlines, bars = text_to_path.get_glyphs_mathtext(font, text)
        except (ValueError, RuntimeError, KeyError):
            return None
    for name, (vertices, codes) in outlines.items():
        _PATHS.setdefault(_glyph_id(name), _path(vertices, codes))
    return Box(
        float(width),
        float(height - depth),
        float(depth),
        tuple((_glyph_id(n), float(x), float(y), float(s)) for n, x, y, s in glyphs),
        tuple(_extent(vertices) for vertices, _ in bars),
    )


def _glyph_id(name: str) -> str:
    return "g" + re.sub(r"[^A-Za-z0-9]+", "", name.removeprefix("STIX"))


def _extent(vertices: Any) -> tuple[float, float, float, float]:
    xs, ys = [float(v[0]) for v in vertices], [float(v[1]) for v in vertices]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _path(vertices: Any, codes: Any) -> str:
    """Path data, in hundredths of an em, y upwards (the glyph is flipped where it is used)."""
    letters = {1: "M", 2: "L", 3: "Q", 4: "C"}
    parts: list[str] = []
    pending: list[str] = []
    needed = {1: 1, 2: 1, 3: 2, 4: 3}
    for (x, y), code in zip(vertices, codes, strict=True):
        if code == 79:
            parts.append("Z")
            continue
        pending.append(f"{x:.1f} {y:.1f}".replace(".0", ""))
        if len(pending) == needed[int(code)]:
            parts.append(letters[int(code)] + " ".join(pending))
            pending = []
    return "".join(parts)


@dataclass
class Formulas:
    """The formulas of one page: `show` as they come, then `glyphs` once."""

    used: set[str] = field(default_factory=set)

    def show(self, latex: str) -> str:
        """Inline HTML of a formula: SVG pieces with the formula as their text alternative."""
        spoken = escape(plain(latex), quote=True)
        boxes = _boxes(translate(latex))
        if boxes is None:
            return f'<span class="math text" title="{escape(latex, quote=True)}">{spoken}</span>'
        inner = " ".join(self._svg(b) for b in boxes)
        return f'<span class="math" role="img" aria-label="{spoken}" title="{spoken}">{inner}</span>'

    def glyphs(self) -> str:
        """The outlines of every glyph shown so far, to stand once in the page."""
        paths = "".join(f'<path id="{g}" d="{_PATHS[g]}"/>' for g in sorted(self.used))
        return (
            '<svg width="0" height="0" style="position:absolute" aria-hidden="true" '
            f'focusable="false"><defs>{paths}</defs></svg>'
        )

    def _svg(self, b: Box) -> str:
        pad = 4.0  # glyphs may overhang their box
        self.used.update(g for g, *_ in b.glyphs)
        width, height = b.width + 2 * pad, b.height + b.depth + 2 * pad
        marks = "".join(
            f'<use href="#{g}" transform="translate({x:.1f} {y:.1f}) scale({s:.3g})"/>'
            for g, x, y, s in b.glyphs
        ) + "".join(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{max(h, 3.5):.1f}"/>'
            for x, y, w, h in b.bars
        )
        return (
            f'<svg aria-hidden="true" focusable="false" style="width:{width / EM:.2f}em;'
            f'height:{height / EM:.2f}em;vertical-align:{-(b.depth + pad) / EM:.2f}em" '
            f'viewBox="{-pad:g} {-(b.height + pad):.1f} {width:.1f} {height:.1f}">'
            f'<g transform="scale(1 -1)">{marks}</g></svg>'
        )


def _boxes(latex: str) -> list[Box] | None:
    whole = box(latex)
    if whole is None or whole.width <= ONE_LINE * EM:
        return None if whole is None else [whole]
    cut = [box(piece) for piece in pieces(latex)]
    return [whole] if any(b is None for b in cut) else [b for b in cut if b is not None]


Show = Callable[[str], str]
