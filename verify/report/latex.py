"""LaTeX as sympy prints it: read as plain text, put into the words of mathtext, cut into pieces."""

from __future__ import annotations

import re

from verify.report.prose import GREEK

# --- plain text ------------------------------------------------------------------------------

_SYMBOL_NAMES = (
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
)
_SYMBOLS = dict(pair.split(":") for pair in _SYMBOL_NAMES.split())
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
    tokens = _TOKEN.findall(mended(latex))
    text, _ = _read(tokens, 0, "")
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" (?=[),\]])|(?<=[(\[]) ", "", text)


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
ENVIRONMENT = re.compile(
    r"\\begin\{(?P<name>cases|[pbvB]?matrix|array|aligned|split)\}(?:\{[lcr|]*\})?"
    r"(?P<body>(?:(?!\\begin\{).)*?)\\end\{(?P=name)\}",
    re.S,
)
_DELIMITERS = {
    "cases": (r"\left\{", r"\right."),
    "pmatrix": (r"\left(", r"\right)"),
    "bmatrix": (r"\left[", r"\right]"),
    "vmatrix": (r"\left|", r"\right|"),
    "Bmatrix": (r"\left\{", r"\right\}"),
}


_WORD = re.compile(
    r"\\(?:mathrm|text|operatorname|mathbb|mathcal|mathbf|mathtt|begin|end)\*?\{[^{}]*\}"
    r"|\\[A-Za-z]+|(?P<word>[A-Za-z]{2,})(?P<space> ?)"
)


_SWALLOWED = re.compile(r"([_^])\{(\w+)([^{}\w\s][^{}]*)\}(_\{[^{}]*\})?")
_NAMED_SIGNS = ((re.compile(r"\s*!="), r" \\neq "), (re.compile(r"(?<=[\w})])\*(?=\w)"), r" \\, "))


def _released(match: re.Match[str]) -> str:
    mark, script, rest, index = match[1], match[2], match[3], match[4] or ""
    if not any(rest.count(b) > rest.count(a) for a, b in ("()", "[]")):
        return match[0]
    if mark == "^":  # an index printed after the power is one of the same letter
        return f"^{{{script}}}{index}{rest}"
    return f"_{{{script}}}{rest}{index}"


def mended(latex: str) -> str:
    r"""LaTeX of a symbol that is named by a whole expression: its scripts end at a bracket.

    sympy takes all that follows `^` or `_` in a name into the script; bare names are set upright.

    >>> mended("E[tr(C^{2)]}"), mended("sum(s^{4)}_{i}"), mended("E[m_{1]}^{2}")
    ('E[\\mathrm{tr}(C^{2})]', '\\mathrm{sum}(s^{4}_{i})', 'E[m_{1}]^{2}')
    """
    latex = _SWALLOWED.sub(_released, latex)
    for pattern, new in _NAMED_SIGNS:
        latex = pattern.sub(new, latex)
    return upright(latex)


def upright(latex: str) -> str:
    r"""Names of several letters that sympy leaves bare: Greek ones as letters, others upright.

    >>> upright(r"Var kappa_{l+1} = \frac{xy}{2}")
    '\\mathrm{Var}\\, \\kappa_{l+1} = \\frac{xy}{2}'
    """

    def name(match: re.Match[str]) -> str:
        word = match["word"]
        if not word:
            return match[0]
        if word in GREEK:
            return f"\\{word}{match['space']}"
        if len(word) < 3 and word != "tr":
            return match[0]
        return f"\\mathrm{{{word}}}" + ("\\, " if match["space"] else "")

    return _WORD.sub(name, latex)


def translate(latex: str) -> str:
    r"""LaTeX in the words of mathtext.

    >>> print(translate(r"\frac{a}{b} \bmod \begin{pmatrix} 1 & x \\ 0 & y \end{pmatrix}"))
    \dfrac{a}{b} \;\mathrm{mod}\; \left(\substack{1 \\ 0}\quad \substack{x \\ y}\right)
    """
    latex = mended(latex)
    for pattern, new in _REPLACED:
        latex = pattern.sub(new, latex)
    before = None
    while before != latex:
        before, latex = latex, ENVIRONMENT.sub(_columns, latex)
    return _display(latex)


def _display(latex: str) -> str:
    """Fractions that stand in no other fraction, root or script in full size."""
    parts, depth = [], 0
    for token in _TOKEN.findall(latex):
        depth += (token == "{") - (token == "}")
        parts.append(r"\dfrac" if token == r"\frac" and depth == 0 else token)
    return "".join(parts)


def cells(body: str) -> list[list[str]]:
    r"""The cells of an environment, row by row, every row filled up to the same length.

    >>> cells(r"1 & 2 \\ 3")
    [['1', '2'], ['3', '{}']]
    """
    rows = [
        [cell.strip() or "{}" for cell in row.split("&")]
        for row in re.split(r"\\\\", body)
        if row.strip()
    ]
    width = max((len(row) for row in rows), default=0)
    return [row + ["{}"] * (width - len(row)) for row in rows]


def _columns(match: re.Match[str]) -> str:
    """The cells of an environment as columns side by side."""
    rows = cells(match["body"])
    if not rows:
        return ""
    space = " " if match["name"] in ("aligned", "split") else r"\quad "
    left, right = _DELIMITERS.get(match["name"], ("", ""))
    columns = (r"\substack{" + r" \\ ".join(column) + "}" for column in zip(*rows, strict=True))
    return left + space.join(columns) + right


# --- pieces that wrap like words ---------------------------------------------------------------

_RELATION_NAMES = (
    "leq le geq ge neq ne approx sim equiv to rightarrow Rightarrow Leftrightarrow wedge vee"
)
_RELATIONS = {"=", "<", ">"} | {f"\\{name}" for name in _RELATION_NAMES.split()}


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
        binary = (
            token in "+-" and before not in _RELATIONS | {"", "("} and before not in tuple("+-")
        )
        if depth == 0 and current.strip() and (token in _RELATIONS or binary):
            found.append(current.strip())
            current = "{} "
        current += token
        if token in ("\\left", "{", "(", "[") or token.startswith("\\begin"):
            depth += 1
        if not token.isspace():
            before = token
    return [*found, current.strip()]
