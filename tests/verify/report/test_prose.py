from verify.report import prose


def test_snake_case_names_stay():
    assert prose.html("correlated_pair and ratio_of_means") == "correlated_pair and ratio_of_means"
    assert prose.plain("ratio_to_square") == "ratio_to_square"


def test_scripts_follow_letters_greek_and_brackets():
    assert prose.html("lambda_max^2") == "λ<sub>max</sub><sup>2</sup>"
    assert prose.html("(a^2 + 1)^-1") == "(a<sup>2</sup> + 1)<sup>-1</sup>"
    assert prose.html("W^(l)") == "W<sup>(l)</sup>"


def test_powers_as_python_writes_them():
    assert prose.html("kappa*sigma^2**2") == "κ·(σ<sup>2</sup>)<sup>2</sup>"
    assert prose.html("ZerO* changes") == "ZerO* changes"
    assert prose.plain("2**10") == "2¹⁰"


def test_names_of_distributions_stay_words():
    assert prose.plain("a gamma law with mean mu") == "a gamma law with mean μ"


def test_markup_is_escaped_everywhere():
    assert prose.html("<i> & x_{<b>}") == "&lt;i&gt; &amp; x<sub>&lt;b&gt;</sub>"
    assert prose.html("`<b>`") == "<code>&lt;b&gt;</code>"


def test_signs():
    assert prose.plain("+-1 <= x -> y ...") == "±1 ≤ x → y …"
    assert prose.plain("1.5e-07") == "1.5×10⁻⁷"


def test_only_plain_first_words_are_capitalised():
    assert prose.sentence("tanh networks") == "Tanh networks"
    assert prose.sentence("kappa grows") == "kappa grows"
