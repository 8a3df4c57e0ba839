"""Mathematics written in running text (`kappa_w`, `w_{l-1}^2`, `>=`) as a reader expects it."""

from __future__ import annotations

import re
from html import escape

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega"
)
GREEK = dict(zip(_GREEK_NAMES.split(), "αβγδεζηθικλμνξρστυφχψωΓΔΘΛΣΦΨΩ", strict=True))
_NAMES = "|".join(sorted(GREEK, key=len, reverse=True))
_LETTER = rf"(?:{_NAMES}|[A-Za-z])"
_SCRIPT = (
    rf"[_^](?:\{{[^{{}}]*\}}|\([^()]*\)|[+-]{_LETTER}_\w"
    rf"|[+-]?(?:{_NAMES}|\d+(?:\.\d+)?|[A-Za-z]+)|\*)"
)
_TERM = re.compile(
    rf"(?P<base>(?<![A-Za-z_])(?:{_LETTER}|sum|prod|log|max|min|lim|sup|tr|Var)|[\d)\]|])"
    rf"(?P<scripts>(?:{_SCRIPT})+)(?![\w{{])"
    rf"|(?<![A-Za-z_])(?<![A-Za-z]\.)(?P<name>{_NAMES})(?![A-Za-z_])"
    r"(?! (?:law|distribution|function|density))"
)
_ONE_SCRIPT = re.compile(_SCRIPT)
_SIGNS = (
    (re.compile(r"([A-Za-z]+\^\d+)\*\*"), r"(\1)^"),  # sympy's sigma^2**2
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"(?<=[\w)\]])( ?)\*\1(?=[\w(\[])"), "·"),  # not the name ZerO* of a thing
    (re.compile(r"(?<![\w+])\+-"), "±"),
    (re.compile(r"<="), "≤"),
    (re.compile(r">="), "≥"),
    (re.compile(r"!="), "≠"),
    (re.compile(r"(?<!-)->"), "→"),
    (re.compile(r"\.\.\.(?!\.)"), "…"),
    (re.compile(r"\bsqrt(?=[( ])"), "√"),
    (re.compile(r"(?<=\d)[eE]([+-]?\d+)\b"), lambda m: f"×10^{int(m[1])}"),
)
_CODE = re.compile(r"`([^`]+)`")
_SUPER = str.maketrans("+-0123456789", "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUB = str.maketrans("+-0123456789", "₊₋₀₁₂₃₄₅₆₇₈₉")


def html(text: str) -> str:
    """Escaped HTML with sub- and superscripts; what stands between backquotes is code.

    >>> html("kappa_w >= w_{l-1}^2, `a_b` < correlated_pair")
    'κ<sub>w</sub> ≥ w<sub>l-1</sub><sup>2</sup>, <code>a_b</code> &lt; correlated_pair'
    """
    parts = []
    for place, part in enumerate(_CODE.split(text)):
        parts.append(f"<code>{escape(part)}</code>" if place % 2 else _scripted(_signs(part)))
    return "".join(parts)


def plain(text: str) -> str:
    """The same in characters alone: scripts that have no character stay as they are.

    >>> plain("sigma^2 w_0, E phi_a^4 <= 10^-3")
    'σ² w₀, E φ_a⁴ ≤ 10⁻³'
    >>> plain("mu of vn.table.mu")  # an id is no formula
    'μ of vn.table.mu'
    """

    def term(match: re.Match[str]) -> str:
        if match["name"]:
            return GREEK[match["name"]]
        scripts = "".join(_character(s) for s in _ONE_SCRIPT.findall(match["scripts"]))
        return _base(match["base"]) + scripts

    return _TERM.sub(term, _signs(text))


def sentence(text: str) -> str:
    """A title with its first word capitalised, unless that word is a symbol.

    >>> sentence("kurtosis recursion"), sentence("x is symmetric"), sentence("phi_a keeps it")
    ('Kurtosis recursion', 'x is symmetric', 'phi_a keeps it')
    """
    first = re.match(r"[a-z]{2,}(?=[ ,:-])|a(?= [A-Za-z]{3,})|a(?= width)", text)
    if first is None or first[0] in GREEK:
        return text
    return text[0].upper() + text[1:]


def _signs(text: str) -> str:
    for pattern, new in _SIGNS:
        text = pattern.sub(new, text)
    return text


def _scripted(text: str) -> str:
    parts, end = [], 0
    for match in _TERM.finditer(text):
        parts.append(escape(text[end : match.start()]))
        end = match.end()
        if match["name"]:
            parts.append(GREEK[match["name"]])
            continue
        parts.append(escape(_base(match["base"])))
        for script in _ONE_SCRIPT.findall(match["scripts"]):
            tag = "sub" if script[0] == "_" else "sup"
            parts.append(f"<{tag}>{_scripted(_inside(script))}</{tag}>")
    return "".join([*parts, escape(text[end:])])


def _base(name: str) -> str:
    return {"sum": "∑", "prod": "∏"}.get(name, GREEK.get(name, name))


def _inside(script: str) -> str:
    inner = script[1:]
    return inner[1:-1] if inner.startswith("{") else inner


def _character(script: str) -> str:
    inner = _inside(script)
    if re.fullmatch(r"[+-]?\d+", inner):
        return inner.translate(_SUPER if script[0] == "^" else _SUB)
    return script[0] + (f"({_inside_names(inner)})" if len(inner) > 1 and script[1] == "{" else
                        _inside_names(inner))  # fmt: skip


def _inside_names(inner: str) -> str:
    return GREEK.get(inner, inner)
