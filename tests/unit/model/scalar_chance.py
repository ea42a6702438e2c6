"""The chance of one pair in plain scalar Python, with the model's numbers written out.

A second transcription of docs/methods.md, sections 2 and 3, that shares nothing with the package:
no arrays, no assumptions file, no helper.
"""

from math import exp, log

ANCHOR = {
    "none": 0.80,
    "course_failure_remediated": 0.65,
    "preclinical_failures_multiple": 0.35,
    "step1_failure": 0.45,
    "step2_failure": 0.45,
    "loa_academic": 0.30,
    "clerkship_chronic_low": 0.40,
    "professionalism": 0.10,
    "mspe_concern": 0.45,
}
RELIEF = {
    "course_failure_remediated": "minor",
    "preclinical_failures_multiple": "major",
    "step1_failure": "major",
    "step2_failure": "major",
    "loa_academic": "major",
}
KAPPA = {
    ("ultra", "minor"): 0.15,
    ("ultra", "major"): 0.05,
    ("moderate", "minor"): 0.40,
    ("moderate", "major"): 0.20,
    ("less", "minor"): 0.80,
    ("less", "major"): 0.35,
}
WEIGHTS = {
    "step2_ck": 0.30,
    "clerkships": 0.25,
    "letters": 0.20,
    "red_flags": 0.15,
    "research": 0.10,
}
K = 14.89
TYPES = {
    "high_tier_academic": (9, 3),
    "mid_tier_academic": (6, 5),
    "community": (4, 7),
    "rural_fm": (2, 8),
    "do_friendly": (3, 7),
}


def log_odds(p):
    return log(p / (1 - p))


def step2_value(s):
    return min(max((s - 218) / 57, 0), 1)


def clerkship_value(c):
    return 0.3 + 0.5 * c if c <= 0.6 else c


def relief(flag, s, kind):
    t = min(max((s - 235) / 20, 0), 1)
    here = KAPPA.get((kind, RELIEF.get(flag)), 0.0)
    at_reference = KAPPA.get(("moderate", RELIEF.get(flag)), 0.0)
    return (1 - here * t) / (1 - at_reference)


def multiplier(flag, program, tolerance):
    own = program.get(f"tolerance_{flag}")
    m = (10 - (tolerance if own is None else own)) / 5
    return max(m, 1) if flag == "professionalism" and own is None else m


def penalty(flags, s, kind, clerkships, program, tolerance, weights):
    parts = {}
    for flag in flags:
        gamma = log_odds(ANCHOR[flag]) - log_odds(ANCHOR["none"])
        parts[flag] = (
            multiplier(flag, program, tolerance)
            * gamma
            * (weights["red_flags"] / 0.15)
            * relief(flag, s, kind)
        )
    if "clerkship_chronic_low" in parts:
        already = min(0, K * weights["clerkships"] * (clerkships - 0.6))
        parts["clerkship_chronic_low"] = min(0, parts["clerkship_chronic_low"] - already)
    if "course_failure_remediated" in parts and "preclinical_failures_multiple" in parts:
        course = parts.pop("course_failure_remediated")
        several = parts["preclinical_failures_multiple"]
        parts["preclinical_failures_multiple"] = min(course, several)
    if not parts:
        return 0.0
    return 0.5 * min(parts.values()) + 0.5 * sum(parts.values())


def gate(student, program, tie, signal, overrides):
    s, flags = student["step2_ck"], student["red_flags"]
    opening = 1.0
    if program.get("step2_cutoff") is not None and s < program["step2_cutoff"]:
        opening = 0.0
    if "step1_failure" in flags or "step2_failure" in flags:
        opening *= {"yes": 0.0, "no": 1.0, None: 0.7}[program.get("auto_screen_any_failure")]
    if "professionalism" in flags and program.get("veto_professionalism") == "yes":
        opening = 0.0
    applying = [overrides[tie]] if tie else []
    applying += [overrides["signal"]] if signal else []
    opening += max(applying, default=0.0) * (1 - opening)
    if student.get("degree") == "us_do" and program.get("accepts_do") == "no":
        opening = 0.0
    unsaid = student.get("needs_visa") is None and student["degree"] in {"img", "non_us_img"}
    if (unsaid or student.get("needs_visa") == "yes") and program.get("visa") == "none":
        opening = 0.0
    return opening


def interview_chance(
    student, program, kind, *, rate=None, tie=None, signal=None, weights=WEIGHTS, overrides=None
):
    """Chance of one pair; `rate` is offers over applications in the base-rate basis."""
    usual_prestige, usual_tolerance = TYPES[program["program_type"]]
    prestige = usual_prestige if program["prestige"] is None else program["prestige"]
    tolerance = (
        usual_tolerance if program["red_flag_tolerance"] is None else program["red_flag_tolerance"]
    )
    s = student["step2_ck"]
    honors = student["clerkship_honors_fraction"]
    clerkships = 0.6 if honors is None else clerkship_value(honors)
    letters = 0.6 if student["letters"] is None else student["letters"]
    items = student["research_items"]
    research = 0.4 if items is None else min(items, 10) / 10
    eta = log_odds(0.8)
    eta += K * weights["step2_ck"] * (step2_value(s) - step2_value(260))
    eta += K * weights["clerkships"] * (clerkships - 0.6)
    eta += K * weights["letters"] * (letters - 0.6)
    eta += K * weights["research"] * (research - 0.4)
    applicants = program.get("applicant_step2")
    if applicants is None:
        applicants = 250 + 3 * (prestige - 6) + {"ultra": 6, "moderate": 0, "less": -6}[kind]
    eta -= K * weights["step2_ck"] * (applicants - 250) / 57
    if rate is not None:
        x = min(max(rate, 0.01), 0.9)
        eta += log_odds(x) + 2 * min(x, 0.6) + log(3) - log_odds(0.8)
    eta += log({"gold": 5, "silver": 2.7, None: 1}[signal])
    eta += penalty(student["red_flags"], s, kind, clerkships, program, tolerance, weights)
    opening = gate(
        student, program, tie, signal, overrides or dict.fromkeys(("home", "signal"), 0.0)
    )
    return opening * min(1 / (1 + exp(-eta)), 0.95)
