"""Classes whose truth is drawn anew, and whether what is learned of each holds it."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.assumptions import read_assumptions
from analysis.model.outcomes.graduates import SLOPES, application_chances
from analysis.model.outcomes.learning import learned_assumptions
from analysis.model.parameters import FLAGS
from analysis.model.parameters import RELIEF as CLASS_OF
from tests.unit.model.outcomes.simulated_class import graduates

BASES = {
    basis: read_assumptions(overrides=[f"level.basis={basis}"]) for basis in ("article", "identity")
}
BASE = BASES["article"]
WIDTH = BASE.value("scale.step2_best") - BASE.value("scale.step2_worst")


def drawn_truth(seed, basis="article"):
    """Assumptions strewn about the ones that are believed: level, slopes, anchors, relief."""
    generator = np.random.default_rng([seed, 7])
    moved = generator.normal(0, 0.4)
    none = BASE.value("anchors.none")
    values = {"level.shift": float(moved)}
    if basis == "article":
        none = float(expit(logit(none) + moved))
        values = {"anchors.none": none}
    for flag in FLAGS:
        moved = float(expit(logit(BASE.value(f"anchors.{flag}")) + generator.normal(0, 0.4)))
        values[f"anchors.{flag}"] = min(moved, none - 0.02)
    several = "anchors.preclinical_failures_multiple"
    values[several] = min(values[several], values["anchors.course_failure_remediated"] - 0.02)
    rest = 1 - BASE.weights["red_flags"]
    slopes = np.array([BASE.value("logit_scale") * BASE.weights[name] for name in SLOPES])
    slopes = slopes * generator.uniform(0.4, 1.4, len(SLOPES))
    values["logit_scale"] = float(slopes.sum()) / rest
    values |= {
        f"weights.{name}": rest * float(s / slopes.sum())
        for name, s in zip(SLOPES, slopes, strict=True)
    }
    for severity in ("minor", "major"):
        moved = float(generator.uniform(-0.15, 0.15))
        for kind in ("ultra", "moderate", "less"):
            key = f"relief.{kind}.{severity}"
            most = values.get(f"relief.{kind}.minor", 0.9)
            values[key] = float(np.clip(BASE.value(key) + moved, 0, most))
    truth = BASES[basis].with_values(values, basis="assumption", why="drawn", source="none")
    return truth, float(generator.uniform(0.1, 0.4)), float(generator.uniform(0.15, 0.6))


def world(seed, people=550, sent=18, basis="article"):
    """One row a parameter: parameter, truth, value, low, high."""
    truth, rho, rate = drawn_truth(seed, basis)
    rows = graduates(seed, truth, people=people, sent=sent, rho=rho, rate=rate)
    believed = BASES[basis]
    found = learned_assumptions(partial(application_chances, rows), believed)
    new = found.changes.set_index("key")
    said = [("r", rate, *new.loc["match_given_interview", ["new", "low", "high"]])]
    said.append(("rho", rho, found.rho.value, found.rho.low, found.rho.high))
    level = "anchors.none" if basis == "article" else "level.shift"
    said += [
        (key, truth.value(key), *new.loc[key, ["new", "low", "high"]])
        for key in (level, *(f"anchors.{flag}" for flag in FLAGS))
    ]
    for name in SLOPES:
        full = truth.value("logit_scale") * truth.weights[name]
        full *= 10 / WIDTH if name == "step2_ck" else 1.0
        said.append((f"slope {name}", full, *found.slopes.loc[name, ["value", "low", "high"]]))
    for severity in ("minor", "major"):
        own = truth.value(f"relief.moderate.{severity}")
        weight = np.mean(
            [
                logit(truth.value("anchors.none")) - logit(truth.value(f"anchors.{flag}"))
                for flag in FLAGS
                if CLASS_OF[flag] == severity
            ]
        )
        name = f"counter_signal_{severity}"
        if name not in found.slopes.index:
            continue
        row = found.slopes.loc[name, ["value", "low", "high"]]
        said.append((f"counter-signal {severity}", weight * own / (1 - own), *row))
    return pd.DataFrame(said, columns=["parameter", "truth", "value", "low", "high"])


def table_of(worlds):
    """Coverage and bias of each parameter over worlds."""
    # What a class was too small to teach keeps its own basis and has no interval to be judged.
    together = pd.concat(worlds).dropna(subset=["low", "high"])
    together["held"] = together["truth"].between(together["low"], together["high"])
    together["bias"] = together["value"] - together["truth"]
    return together.groupby("parameter", sort=False)[["held", "bias"]].mean()
