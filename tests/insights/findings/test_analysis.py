"""How a registered analysis is put into words, and which kind it is: one named case a rule and a way of writing."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetchers.record.result_modules import Analysis, Group, Outcome
from insights.findings import analysis, p_value
from insights.findings.analysis import BELOW, KINDS, NOT_BELOW, OTHER

OUTCOME = Outcome(
    unit_of_measure="points",
    groups=(Group("OG000", "Placebo"), Group("OG001", "Azathioprine 2 mg"), Group("OG002", "Azathioprine 3 mg")),
)
NI, EQ, SUP, LEGACY = "NON_INFERIORITY", "EQUIVALENCE", "SUPERIORITY", "SUPERIORITY_OR_OTHER_LEGACY"


def made(p: str | None = "0.02", **fields: Any) -> Analysis:
    return Analysis(**{"p_value": p, "non_inferiority_type": SUP, **fields})


BY_P = {
    "a plain number below": ("0.02", BELOW),
    "a plain number above": ("0.21", NOT_BELOW),
    "the level itself": ("0.05", NOT_BELOW),
    "just below the level": ("0.0499", BELOW),
    "just above the level": ("0.0501", NOT_BELOW),
    "less than, without the first zero": ("<.0001", BELOW),
    "less than, with a blank": ("< 0.001", BELOW),
    "less than the level": ("<0.05", BELOW),
    "at most the level": ("≤0.05", OTHER),
    "at most a smaller number": ("<=0.01", BELOW),
    "less than a number above the level": ("<0.1", OTHER),
    "more than, far above": (">0.99", NOT_BELOW),
    "more than the level": (">0.05", NOT_BELOW),
    "at least the level": (">= 0.05", NOT_BELOW),
    "more than a number below the level": (">0.01", OTHER),
    "an equals sign and no first zero": ("= .03", BELOW),
    "the letter before it": ("p=0.04", BELOW),
    "the words before it": ("P-value: 0.3", NOT_BELOW),
    "a comparison after it": ("p=0.04 vs placebo", BELOW),
    "a remark after it": ("0.0021 (two-sided)", BELOW),
    "a remark before it": ("two-sided p = 0.0021", BELOW),
    "a star after it": ("0.013*", BELOW),
    "an escaped sign": ("\\<0.001", BELOW),
    "a comma for the point": ("0,031", BELOW),
    "one": ("1.0000", NOT_BELOW),
    "nothing": ("0.000", BELOW),
    "a power of ten": ("1.2e-5", BELOW),
    "a power of ten, written out": ("3.1 x 10^-6", BELOW),
    "a percentage": ("4 %", BELOW),
    "a percentage above": ("12%", NOT_BELOW),
    "a percentage of nearly all": ("99%", NOT_BELOW),
    "NS": ("NS", NOT_BELOW),
    "n.s.": ("n.s.", NOT_BELOW),
    "not significant, written out": ("not significant", NOT_BELOW),
    "missing": (None, OTHER),
    "empty": ("", OTHER),
    "NA": ("NA", OTHER),
    "not applicable, written out": ("not applicable", OTHER),
    "more than one": ("1.3", OTHER),
    "negative": ("-0.02", OTHER),
    "two numbers": ("0.02 and 0.4", OTHER),
    "a span": ("0.01-0.04", OTHER),
    "a span in words": ("0.01 to 0.04", OTHER),
    "a text": ("see comment", OTHER),
    "two points": ("0.0.4", OTHER),
    "a full stop at the end": ("0.03.", BELOW),
    "at most the level, in words": ("0.05 or less", OTHER),
    "at most a smaller number, in words": ("0.0001 or less", BELOW),
    "at least a smaller number, in words": ("0.01 or greater", OTHER),
    "at least the level, in words": ("0.05 or more", NOT_BELOW),
    "not significant beside a number below": ("0.04 (NS)", OTHER),
    "not significant beside a number above": (">0.05 (not significant)", NOT_BELOW),
    "not tested": ("not tested", OTHER),
    "only zeros": ("0.0000", BELOW),
    "one, with zeros": ("1.000", NOT_BELOW),
    "no first zero": (".03", BELOW),
    "a cell for nothing": ("99999", OTHER),
    "two signs": ("0.001 < p < 0.01", OTHER),
}


@pytest.mark.parametrize(("p", "kind"), BY_P.values(), ids=BY_P)
def test_the_kind_by_the_p_value_alone(p: str | None, kind: str) -> None:
    assert analysis.read(made(p)).kind == kind


BY_RECORD = {
    "non-inferiority": (made(non_inferiority_type=NI), OTHER, "non-inferiority"),
    "non-inferiority, its margin in words": (
        made(non_inferiority_type=NI, non_inferiority_comment="Margin: 10 %."), OTHER, "non-inferiority",
    ),
    "equivalence without a p value": (made(None, non_inferiority_type=EQ), OTHER, "equivalence"),
    "one or the other, an old record": (
        made(non_inferiority_type="NON_INFERIORITY_OR_EQUIVALENCE_LEGACY"), OTHER, "non-inferiority or equivalence",
    ),
    "another hypothesis": (made(non_inferiority_type="OTHER"), OTHER, "another type"),
    "no type, and the flag of old records": (
        made(non_inferiority_type=None, tested_non_inferiority=True), OTHER, "non-inferiority",
    ),
    "an old type, non-inferiority in the comment": (
        made(non_inferiority_type=LEGACY, statistical_comment="A non-inferiority test, margin 5."), OTHER, "non-inferi",
    ),
    "superiority after non-inferiority was shown": (
        made(statistical_comment="Tested after non-inferiority had been shown."), BELOW, "usual level",
    ),
    "no type at all": (made(non_inferiority_type=None), BELOW, "usual level"),
    "one-sided by its interval": (made(ci_num_sides="ONE_SIDED"), OTHER, "one side"),
    "one-sided by its method": (made(statistical_method="t-test, 1 sided"), OTHER, "one-sided"),
    "one-sided by its comment": (made(p_value_comment="One-sided p value."), OTHER, "one-sided"),
    "one-tailed": (made(statistical_comment="1-tailed test"), OTHER, "one-sided"),
    "one-sided in the p value": (made("0.03 (one-sided)"), OTHER, "one-sided"),
    "two-sided is no mark": (made(statistical_method="t-test, 2 sided"), BELOW, "usual level"),
    "one-sided, level named, below": (
        made("0.01", p_value_comment="One-sided significance level of 0.025."), BELOW, "below 0.025, named",
    ),
    "one-sided, level named, not below": (
        made("0.03", p_value_comment="One-sided alpha = 0.025"), NOT_BELOW, "not below 0.025, named",
    ),
    "Bayesian by its method": (made(statistical_method="Bayesian hierarchical model"), OTHER, "Bayesian"),
    "Bayesian by its comment": (made("0.97", p_value_comment="Posterior probability of benefit"), OTHER, "Bayesian"),
    "Bayesian by its interval": (made(None, estimate_comment="95% credible interval"), OTHER, "Bayesian"),
    "posterior as a place of the body": (
        made(group_description="Change of the Posterior Rhinorrhea Score."), BELOW, "usual level",
    ),
    "a smaller level, below": (made("0.001", statistical_comment="alpha level of 0.01"), BELOW, "below 0.01, named"),
    "a smaller level, not below": (made("0.02", statistical_comment="α was set at 0.01"), NOT_BELOW, "not below 0.01"),
    "a level in per cent": (
        made("0.03", p_value_comment="The second was tested at the 2.5% level."), NOT_BELOW, "not below 0.025",
    ),
    "a level before its name": (
        made("0.03", p_value_comment="Tested at the two-sided 0.05 significance level."), BELOW, "0.05, named",
    ),
    "a level before its name, in brackets": (
        made("0.03", statistical_comment="a 0.01 (two-sided) level of significance"), NOT_BELOW, "not below 0.01",
    ),
    "a level as a type I error": (
        made("0.03", group_description="with an overall type I error rate of 5%"), BELOW, "below 0.05, named",
    ),
    "a level as what is called significant": (
        made("0.03", p_value_comment="Statistical significance was defined as p < 0.0167."), NOT_BELOW, "0.0167",
    ),
    "a level as what p is considered": (
        made("0.03", p_value_comment="p<0.01 was considered significant"), NOT_BELOW, "not below 0.01",
    ),
    "two levels that agree": (
        made("0.6", p_value_comment="First tested at the 5% level, then at the 2.5% level."), NOT_BELOW, "0.05 and",
    ),
    "two levels that do not agree": (
        made("0.03", p_value_comment="First tested at the 5% level, then at the 2.5% level."), OTHER, "does not say",
    ),
    "power is no level": (made("0.03", group_description="80% power to find a difference of 0.01"), BELOW, "usual"),
    "an interval of 90 %, p below both": (made("0.01", ci_pct_value="90"), BELOW, "0.05 and 0.1"),
    "an interval of 90 %, p between": (made("0.07", ci_pct_value="90"), OTHER, "does not say"),
    "an interval of 97.5 %, p between": (made("0.03", ci_pct_value="97.5"), OTHER, "does not say"),
    "an interval of 90 %, the level named": (
        made("0.07", ci_pct_value="90", statistical_comment="alpha of 0.10"), BELOW, "below 0.1, named",
    ),
    "p without a method": (made("0.02", statistical_method=None), BELOW, "usual level"),
    "a method without p": (made(None, statistical_method="ANCOVA"), OTHER, "no p value"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "kind", "why"), BY_RECORD.values(), ids=BY_RECORD)
def test_the_kind_by_what_the_record_says_beside_the_p_value(one: Analysis, kind: str, why: str) -> None:
    found = analysis.read(one)
    assert (found.kind, why in found.why) == (kind, True), found


def test_a_named_level_is_shown_with_the_words_that_name_it() -> None:
    found = analysis.read(made("0.01", p_value_comment="Adjusted. Tested at the 0.025 level of significance. Done."))
    assert found.words == ("Tested at the 0.025 level of significance.",)


SENTENCES = {
    "the whole of it": (
        made("0.02", param_type="Difference", param_value="2.1", ci_pct_value="95", ci_num_sides="TWO_SIDED",
             ci_lower_limit="0.3", ci_upper_limit="3.9", statistical_method="ANCOVA"),
        "Difference 2.1 points (95 % CI 0.3 to 3.9), p = 0.02, as registered; method ANCOVA",
    ),
    "an odds ratio has no unit": (
        made("<.0001", param_type="Odds Ratio (OR)", param_value="1.14", ci_pct_value="95", ci_lower_limit="0.63",
             ci_upper_limit="2.06", statistical_method="Regression, Logistic"),
        "Odds Ratio (OR) 1.14 (95 % CI 0.63 to 2.06), p <.0001, as registered; method Regression, Logistic",
    ),
    "a hazard ratio without p": (
        made(None, param_type="Hazard Ratio (HR)", param_value="1.25", ci_pct_value="95", ci_lower_limit="0.87",
             ci_upper_limit="1.80"),
        "Hazard Ratio (HR) 1.25 (95 % CI 0.87 to 1.80), no p value given, as registered; method not named",
    ),
    "a risk difference has no unit": (
        made("0.001", param_type="Risk Difference (RD)", param_value="-29.1"),
        "Risk Difference (RD) -29.1, p = 0.001, as registered; method not named",
    ),
    "a lower limit alone": (
        made("0.01", param_type="Mean Difference", param_value="4", ci_pct_value="97.5", ci_num_sides="ONE_SIDED",
             ci_lower_limit="1"),
        "Mean Difference 4 points (97.5 % CI from 1, no upper limit given, one-sided), p = 0.01, as registered; method "
        "not named",
    ),
    "an upper limit alone": (
        made("0.01", param_type="Mean Difference", param_value="4", ci_pct_value="95", ci_upper_limit="7"),
        "Mean Difference 4 points (95 % CI up to 7, no lower limit given), p = 0.01, as registered; method not named",
    ),
    "an interval without its level": (
        made(None, param_type="Slope", param_value="1", ci_lower_limit="0", ci_upper_limit="2"),
        "Slope 1 (CI, its level not given, 0 to 2), no p value given, as registered; method not named",
    ),
    "a level without an interval": (
        made("<0.01", ci_pct_value="95", statistical_method="t-test, 2 sided"),
        "No estimate given (95 % CI, its limits not given), p <0.01, as registered; method t-test, 2 sided",
    ),
    "a spread by its name": (
        made("0.03", param_type="LS Mean Difference", param_value="2", dispersion_type="STANDARD_ERROR_OF_MEAN",
             dispersion_value="1.03"),
        "LS Mean Difference 2 points, standard error of the mean 1.03, p = 0.03, as registered; method not named",
    ),
    "an estimate without its kind": (
        made("NS", param_value="2"),
        "Estimate (what of is not named) 2, p: NS, as registered; method not named",
    ),
    "nothing at all": (
        made(None), "No estimate given, no p value given, as registered; method not named",
    ),
    "a limit that could not be reckoned": (
        made(None, param_type="Median Difference", param_value="3", ci_pct_value="95", ci_lower_limit="1",
             ci_upper_limit="NA"),
        "Median Difference 3 points (95 % CI 1 to NA), no p value given, as registered; method not named",
    ),
}  # fmt: skip


NO_P = ("NA", "N/A", "-", "ND", "NE", "Not Reported", "not tested", "not performed", "not estimable", "Not Evaluable")


@pytest.mark.parametrize("written", NO_P)
def test_what_says_that_there_is_no_p_value(written: str) -> None:
    assert analysis.read(made(written)).why == "no p value is given"


LEVELS = {"95.0": "95.0 % CI", "95%": "95 % CI", "NA": "CI, its level not given,", "%": "CI, its level not given,"}


@pytest.mark.parametrize(("written", "said"), LEVELS.items())
def test_the_level_of_an_interval_is_as_written_or_not_given(written: str, said: str) -> None:
    one = made(ci_pct_value=written, ci_lower_limit="1,234.5", ci_upper_limit="2,000")
    assert f"({said} 1,234.5 to 2,000)" in analysis.sentence(one, OUTCOME)


@pytest.mark.parametrize(("one", "words"), SENTENCES.values(), ids=SENTENCES)
def test_the_sentence(one: Analysis, words: str) -> None:
    assert analysis.sentence(one, OUTCOME) == words


def test_every_group_that_is_compared_is_named() -> None:
    said = analysis.say(made(group_ids=("OG000", "OG001", "OG002", "OG009"), p_value_comment="For both."), OUTCOME)
    assert said.groups == ("Placebo", "Azathioprine 2 mg", "Azathioprine 3 mg", "OG009")
    assert said.comments == (("On the p value", "For both."),)


def test_no_word_of_judgement_is_ours() -> None:
    cases = [made(p) for p, _ in BY_P.values()] + [one for one, *_ in BY_RECORD.values()]
    ours = " ".join([analysis.read(one).why for one in cases] + list(KINDS.values())).lower()
    assert not [word for word in ("significant", "works", "effective", "success", "fail") if word in ours.replace(
        "not significant", "")]  # fmt: skip


@given(number=st.decimals(0, 1, places=4), sign=st.sampled_from(["", "=", "= ", "p=", "p = ", "P: "]))
def test_a_number_is_below_exactly_when_it_is(number: Decimal, sign: str) -> None:
    assert analysis.read(made(f"{sign}{number}")).kind == (BELOW if number < Decimal("0.05") else NOT_BELOW)


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_or_not_but_never_breaks(text: str) -> None:
    found = p_value.read(text)
    assert found is None or 0 <= found.number <= 1
    assert analysis.read(made(text, p_value_comment=text, statistical_method=text)).kind in KINDS


def test_the_named_cases_are_at_least_sixty() -> None:
    assert len(BY_P) + len(BY_RECORD) + len(SENTENCES) >= 60
