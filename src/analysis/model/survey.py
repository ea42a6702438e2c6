"""What program directors say they weigh, and the weights that follow (section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analysis.arrays import Floats
from analysis.assumptions import COMPONENTS, Assumptions
from analysis.assumptions.files import default_entries
from analysis.errors import ModelError
from analysis.model.chance import wilson_interval
from analysis.vocabulary import COMPONENTS as LABELS
from analysis.vocabulary import folded

NOT_FACTORS = {"respondent_id", "specialty", "source"}
WORDS_AND_COUNTS = {"factor", "label", "specialty", "n", "suppressed", "source", "basis"}
MADE_UP = "synthetic"  # what the source column of made-up data says
ALL = "all specialties"
# How ratings become weights; the command line and the notebooks call them by these names.
WAYS = ("cited_times_mean", "mean_among_citing", "rank_order_centroid")


def rank_order_centroid(count: int) -> Floats:
    """Weights that are known by their order alone: the centroid of all that keep it.

    Examples
    --------
    >>> rank_order_centroid(3).round(4).tolist()
    [0.6111, 0.2778, 0.1111]
    """
    ends = list(accumulate(1 / rank for rank in range(count, 0, -1)))
    return np.array(ends[::-1]) / count


def _factors(responses: pd.DataFrame) -> list[str]:
    return [name for name in responses if name not in NOT_FACTORS]


def _of_specialty(responses: pd.DataFrame, specialty: str | None) -> pd.DataFrame:
    if specialty is None:
        return responses
    own = responses[responses["specialty"] == specialty]
    if own.empty:
        known = ", ".join(sorted(responses["specialty"].unique()))
        message = f"the survey has no response of {specialty}; it has {known}"
        raise ModelError(message)
    return own


def factor_ratings(
    responses: pd.DataFrame,
    assumptions: Assumptions,
    specialty: str | None = None,
    asked: int | None = None,
) -> pd.DataFrame:
    """Citation and importance of each factor of a survey, with intervals.

    Parameters
    ----------
    responses : DataFrame
        One row a respondent, one column a factor: 1-5, NaN = not cited.
    assumptions : Assumptions
        ``survey.confidence``, ``survey.smallest_cell``.
    specialty : str, optional
        One specialty's respondents alone.
    asked : int, optional
        How many were asked, for the response rate.

    Returns
    -------
    DataFrame
        A row a factor, the most important first: factor, label, specialty, n (respondents),
        n_citing, percent_citing, citing_low, citing_high (shares, Wilson), mean_importance,
        mean_low, mean_high (1-5, Student's t), importance = share x mean, low, high (from the ends
        of both intervals), response_rate, suppressed (too few people: its numbers are NaN), source
        and basis (as the responses' own column has it).

    Raises
    ------
    ModelError
        If there is no response, or fewer were asked than answered.
    """
    own = _of_specialty(responses, specialty)
    count = len(own)
    if count == 0 or not _factors(own):
        message = "the survey has no response"
        raise ModelError(message)
    if asked is not None and asked < count:
        message = f"{count} answered, so at least as many were asked; found {asked}"
        raise ModelError(message)
    confidence = assumptions.value("survey.confidence")
    smallest = assumptions.value("survey.smallest_cell")
    named = own["source"].dropna() if "source" in own else pd.Series(dtype="str")
    sources = list(dict.fromkeys(named.astype(str)))
    ratings = own[_factors(own)].astype(float)
    citing = ratings.notna().sum().to_numpy()
    share = citing / count
    share_low, share_high = wilson_interval(citing, count, confidence)
    mean = ratings.mean().to_numpy()
    deviation = ratings.std(ddof=1).fillna(0).to_numpy()
    cited = np.maximum(citing, 2)
    half = stdtrit(cited - 1, (1 + confidence) / 2) * deviation / np.sqrt(cited)
    mean_low, mean_high = np.clip(mean - half, 1, 5), np.clip(mean + half, 1, 5)
    table = pd.DataFrame(
        {
            "factor": ratings.columns,
            "label": [_label(factor) for factor in ratings.columns],
            "specialty": ALL if specialty is None else specialty,
            "n": count,
            "n_citing": citing.astype(float),
            "percent_citing": share,
            "citing_low": share_low,
            "citing_high": share_high,
            "mean_importance": mean,
            "mean_low": mean_low,
            "mean_high": mean_high,
            "importance": share * mean,
            "low": share_low * mean_low,
            "high": share_high * mean_high,
            "response_rate": np.nan if asked is None else count / asked,
            "suppressed": citing < smallest,
            "source": "; ".join(sources) or "own survey of program directors",
            "basis": "synthetic" if any(MADE_UP in source for source in sources) else "office",
        }
    )
    numbers = [name for name in table if name not in WORDS_AND_COUNTS]
    table.loc[table["suppressed"], numbers] = np.nan
    order = table["importance"].fillna(-1.0)
    return table.iloc[np.argsort(-order.to_numpy(), kind="stable")].reset_index(drop=True)


def _component_of(factors: Sequence[str], components: Mapping[str, str]) -> list[str]:
    """Component of each factor, "" where it has none."""
    of_factor = {folded(factor): name for factor, name in components.items()}
    unknown = sorted(set(of_factor.values()) - set(COMPONENTS))
    if unknown:
        message = f"{unknown[0]} is not a component; expected one of {', '.join(COMPONENTS)}"
        raise ModelError(message)
    return [of_factor.get(folded(factor), "") for factor in factors]


def _label(factor: str) -> str:
    """A factor as the survey words it; a column's code as words."""
    worded = " " in factor or factor != factor.lower()
    return factor if worded else folded(factor).replace("_", " ").capitalize()


def component_weights(ratings: pd.DataFrame, components: Mapping[str, str]) -> pd.DataFrame:
    """Weights of the five components, in each of the stated ways side by side.

    A component is rated as the mean of its factors. ``cited_times_mean``: share citing times mean
    importance; ``mean_among_citing``: the mean alone; ``rank_order_centroid``: the order of the
    first way alone, components of equal rating sharing their ranks' weights.

    Parameters
    ----------
    ratings : DataFrame
        From `factor_ratings`.
    components : mapping of str to str
        Component of each factor, as `analysis.assumptions.factor_components` gives it.

    Returns
    -------
    DataFrame
        A row a component: component, factors (tuple), and a column for each of `WAYS`, which sums
        to 1. ``attrs["unmapped"]`` and ``attrs["suppressed"]`` name the factors left out.

    Raises
    ------
    ModelError
        If a component is left without a factor.
    """
    rated = ratings.assign(component=_component_of(ratings["factor"], components))
    mapped = rated[rated["component"] != ""]
    used = mapped[~mapped["suppressed"]]
    component = used["component"]
    missing = [name for name in COMPONENTS if name not in set(component)]
    if missing:
        message = (
            f"no factor of the survey speaks for {missing[0]} with enough respondents: map one in "
            "factors.toml, or survey more"
        )
        raise ModelError(message)
    means = used.groupby(component)[["importance", "mean_importance"]].mean().loc[list(COMPONENTS)]
    weights = pd.DataFrame(
        {
            "component": COMPONENTS,
            "factors": [tuple(used.loc[component == name, "factor"]) for name in COMPONENTS],
            "cited_times_mean": _shares(means["importance"].to_numpy()),
            "mean_among_citing": _shares(means["mean_importance"].to_numpy()),
            "rank_order_centroid": _centroids(means["importance"].to_numpy()),
        }
    )
    weights.attrs["unmapped"] = tuple(rated.loc[rated["component"] == "", "factor"])
    weights.attrs["suppressed"] = tuple(mapped.loc[mapped["suppressed"], "factor"])
    return weights


def _shares(ratings: Floats) -> Floats:
    return np.asarray(ratings / ratings.sum())


def _centroids(ratings: Floats) -> Floats:
    by_rank = rank_order_centroid(len(ratings))
    first = np.array([np.sum(ratings > rating) for rating in ratings])
    last = np.array([np.sum(ratings >= rating) for rating in ratings])
    return np.array([by_rank[a:b].mean() for a, b in zip(first, last, strict=True)])


def weighing(
    factors: Sequence[str], components: Mapping[str, str], way: str = WAYS[0]
) -> Callable[[Floats], Floats]:
    """Weights as a function of responses, for drawing respondents again."""
    if way not in WAYS:
        message = f"{way} is not a way to weigh; expected one of {', '.join(WAYS)}"
        raise ModelError(message)
    of_factor = np.array(_component_of(factors, components))
    missing = [name for name in COMPONENTS if name not in of_factor]
    if missing:
        message = f"no factor speaks for {missing[0]}"
        raise ModelError(message)

    def weights_of(responses: Floats) -> Floats:
        ratings = np.array(
            [_component_rating(responses[:, of_factor == name], way) for name in COMPONENTS]
        )
        return _centroids(ratings) if way == "rank_order_centroid" else _shares(ratings)

    return weights_of


def _component_rating(ratings: Floats, way: str) -> float:
    cited = ~np.isnan(ratings)
    total = np.where(cited, ratings, 0).sum(axis=0)
    over = cited.sum(axis=0) if way == "mean_among_citing" else len(ratings)
    return float(np.mean(total / np.maximum(over, 1)))


def weights_in_force(assumptions: Assumptions) -> pd.DataFrame:
    """The five weights that count, beside the article's, ready to be drawn.

    Parameters
    ----------
    assumptions : Assumptions
        The effective set, whatever was set on the command line.

    Returns
    -------
    DataFrame
        A row a component: factor (its code), label, importance and article_importance (points of
        100), basis and source of the weight in force.
    """
    article = default_entries()
    entries = {name: assumptions.entry(f"weights.{name}") for name in COMPONENTS}
    return pd.DataFrame(
        {
            "factor": COMPONENTS,
            "label": [LABELS[name] for name in COMPONENTS],
            "importance": [100 * assumptions.weights[name] for name in COMPONENTS],
            "article_importance": [
                100 * float(str(article[f"weights.{name}"].content)) for name in COMPONENTS
            ],
            "basis": [entry.basis for entry in entries.values()],
            "source": [
                f"this run, assumptions {assumptions.fingerprint}"
                if entry.basis == "assumption"
                else entry.source
                for entry in entries.values()
            ],
        }
    )


def survey_assumptions(
    assumptions: Assumptions, weights: pd.DataFrame, source: str, way: str = WAYS[0]
) -> Assumptions:
    """Assumptions whose weights are a survey's.

    Parameters
    ----------
    assumptions : Assumptions
        What else holds; ``logit_scale`` stays.
    weights : DataFrame
        From `component_weights`.
    source : str
        Which survey, for the record.
    way : str
        One of `WAYS`.

    Returns
    -------
    Assumptions
        Basis ``office``; its fingerprint differs, and any command or notebook takes it.
    """
    shares = zip(weights["component"], weights[way], strict=True)
    values = {f"weights.{name}": float(share) for name, share in shares}
    why = f"From the survey's responses, {way.replace('_', ' ')}."
    return assumptions.with_values(values, basis="office", why=why, source=source)
