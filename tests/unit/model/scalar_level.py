"""The chance of one pair by the accounting identity, in plain scalar Python.

A second transcription of docs/methods.md, section 3.3, with the numbers of default.toml and of
season.csv's Internal Medicine written out. It shares nothing with the package.
"""

from math import erf, exp, log, pi, sqrt

from tests.unit.model import scalar_chance as article

GROUPS = ("us_md", "us_do", "us_img", "non_us_img")
SIGNALS = (None, "silver", "gold")
# Rate; shares, marginal odds and applications of the groups; odds of silver and gold.
POOL = {
    "less": (0.17, (0.18, 0.22, 0.22, 0.38), (1, 0.8, 0.2, 0.14), (30, 38, 80, 95), (2.7, 4)),
    "moderate": (0.15, (0.24, 0.18, 0.2, 0.38), (1, 0.7, 0.16, 0.11), (45, 55, 95, 115), (2.7, 5)),
    "ultra": (0.089, (0.66, 0.16, 0.06, 0.12), (1, 0.3, 0.12, 0.08), (77, 77, 77, 77), (4, 12)),
}
SHIFT = {"less": -6, "moderate": 0, "ultra": 6}
GOLD, SILVER, USED = 3, 12, 0.9
PLACES = ((0.63, 1.0), (0.25, 1.8), (0.12, 3.5))
FLAGS = ((0.8832, None), (0.06, "step1_failure"), (0.0568, "loa_academic"))
STEPS = 200


def normal(z):
    return (1 + erf(z / sqrt(2))) / 2


# The standard normal in equal steps: a plain rule, which is exact to far more than is asked.
Z = [(-8 + 16 * (at + 0.5) / STEPS) for at in range(STEPS)]
DENSITY = [exp(-z * z / 2) / sqrt(2 * pi) * 16 / STEPS for z in Z]


def capped(eta):
    return min(1 / (1 + exp(-eta)), 0.95)


def spread():
    """Standard deviation of the evidence, and its correlation with Step 2 CK."""
    steps = [14.89 * 0.30 * 12 / 57, 14.89 * 0.25 * 0.1, 14.89 * 0.20 * 0.1, 14.89 * 0.10 * 0.2]
    square = sum(
        a * b * (1 if i == j else 0.1) for i, a in enumerate(steps) for j, b in enumerate(steps)
    )
    tau = sqrt(square)
    return tau, (steps[0] + 0.1 * sum(steps[1:])) / tau


def sent(kind, group):
    """Shares of no signal, silver and gold among a group's applications."""
    number = POOL[kind][3][group]
    gold = min(1, GOLD * USED / number)
    silver = min(1 - gold, SILVER * USED / number)
    return 1 - gold - silver, silver, gold


def typical_penalty(flag, kind):
    if flag is None:
        return 0.0
    gamma = article.log_odds(article.ANCHOR[flag]) - article.log_odds(0.80)
    return gamma * article.relief(flag, 250 + SHIFT[kind], kind)


class Mean:
    """Mean chances at a log-odds, over the spread of the evidence."""

    def __init__(self, weights):
        self.tau = spread()[0]
        self.weights = weights

    def at(self, eta):
        return sum(w * capped(eta + self.tau * z) for z, w in zip(Z, self.weights, strict=True))


def conditional(kind):
    """Level, and log-odds of groups and signals, that give the marginal odds back."""
    rate, share, odds, _, (silver, gold) = POOL[kind]
    marginal = [log(o) for o in odds], [0, log(silver), log(gold)]
    level, group, signal = article.log_odds(rate), list(marginal[0]), list(marginal[1])
    mean = Mean(DENSITY)
    for _ in range(40):
        cell = [[0.0] * 3 for _ in GROUPS]
        for g in range(4):
            for t in range(3):
                for place_share, place_odds in PLACES:
                    for flag_share, flag in FLAGS:
                        opening = 0.7 if flag == "step1_failure" else 1.0
                        eta = level + group[g] + signal[t] + log(place_odds)
                        eta += typical_penalty(flag, kind)
                        cell[g][t] += place_share * flag_share * opening * mean.at(eta)
        by_group = [
            sum(s * c for s, c in zip(sent(kind, g), cell[g], strict=True)) for g in range(4)
        ]
        whole = sum(s * m for s, m in zip(share, by_group, strict=True))
        by_signal = []
        for t in range(3):
            of = [share[g] * sent(kind, g)[t] for g in range(4)]
            by_signal.append(sum(o * cell[g][t] for g, o in enumerate(of)) / sum(of))
        moves = [article.log_odds(rate) - article.log_odds(whole)]
        moves += [
            marginal[0][g] - article.log_odds(by_group[g]) + article.log_odds(by_group[0])
            for g in range(4)
        ]
        moves += [
            marginal[1][t] - article.log_odds(by_signal[t]) + article.log_odds(by_signal[0])
            for t in range(3)
        ]
        level += moves[0]
        group = [one + move for one, move in zip(group, moves[1:5], strict=True)]
        signal = [one + move for one, move in zip(signal, moves[5:], strict=True)]
        if max(map(abs, moves)) < 1e-9:
            break
    return level, group, signal


def pooled_rate(program, prior):
    offered, received = program["interviews_offered"], program["applications_received"]
    if received is None:
        return prior
    own = offered / received
    of_specialty = (own + 3 * prior) / 4
    of_type = (own + 3 * of_specialty) / 4
    return (offered + 30 * of_type) / (received + 30)


def pool_mean(program, kind):
    own = program.get("applicant_step2")
    if own is not None:
        return own
    prestige = program["prestige"]
    prestige = article.TYPES[program["program_type"]][0] if prestige is None else prestige
    return 250 + 3 * (prestige - 6) + SHIFT[kind]


def tolerance_of(program, flag):
    usual = article.TYPES[program["program_type"]][1]
    general = program["red_flag_tolerance"]
    own = program.get(f"tolerance_{flag}")
    return own if own is not None else usual if general is None else general


def mean_of_applicants(level, program, kind, found, *, placed):
    """Interviews per application at a level."""
    _, group, signal = found
    share = POOL[kind][1]
    _, corr = spread()
    weights = DENSITY
    if program.get("step2_cutoff") is not None:
        cut = (program["step2_cutoff"] - pool_mean(program, kind)) / 12
        weights = [
            w * normal((corr * z - cut) / sqrt(1 - corr**2))
            for z, w in zip(Z, DENSITY, strict=True)
        ]
    mean = Mean(weights)
    read_group = [1.0, 0.0 if program.get("accepts_do") == "no" else 1.0, 1.0]
    read_group.append(0.3 if program.get("visa") == "none" else 1.0)
    read_exam = {"yes": 0.0, "no": 1.0, None: 0.7}[program.get("auto_screen_any_failure")]
    whole = 0.0
    for g in range(4):
        for t, sent_share in enumerate(sent(kind, g)):
            for place_share, place_odds in PLACES if placed else ((1.0, 1.0),):
                for flag_share, flag in FLAGS:
                    opening = read_exam if flag == "step1_failure" else 1.0
                    weight = share[g] * read_group[g] * sent_share * place_share * flag_share
                    if weight * opening == 0:
                        continue
                    eta = level + group[g] + signal[t] + log(place_odds)
                    if flag is not None:
                        heavier = (10 - tolerance_of(program, flag)) / 5
                        eta += heavier * typical_penalty(flag, kind)
                    whole += weight * opening * mean.at(eta)
    return whole


def solved_level(program, kind, found, *, placed):
    # A program's rate is not a matter of how competitive a student calls the specialty.
    rate = pooled_rate(program, POOL["moderate"][0])
    low, high = -25.0, 15.0
    for _ in range(34):
        middle = (low + high) / 2
        over = mean_of_applicants(middle, program, kind, found, placed=placed) > rate
        low, high = (low, middle) if over else (middle, high)
    return (low + high) / 2


def expected_value(mean):
    return sum(w * article.step2_value(mean + 12 * z) for z, w in zip(Z, DENSITY, strict=True))


def interview_chance(student, program, kind, found, signal=None):
    """Chance of one pair, of a student of whose place nothing is known."""
    level = solved_level(program, kind, found, placed=False)
    honors, letters, items = (
        student[name] for name in ("clerkship_honors_fraction", "letters", "research_items")
    )
    clerkships = 0.6 if honors is None else article.clerkship_value(honors)
    letters = 0.6 if letters is None else letters
    research = 0.4 if items is None else min(items, 10) / 10
    s = student["step2_ck"]
    eta = level + found[1][GROUPS.index(student["degree"])] + found[2][SIGNALS.index(signal)]
    eta += 14.89 * 0.30 * (article.step2_value(s) - expected_value(pool_mean(program, kind)))
    eta += 14.89 * (0.25 * (clerkships - 0.6) + 0.20 * (letters - 0.6) + 0.10 * (research - 0.4))
    usual = article.TYPES[program["program_type"]][1]
    general = program["red_flag_tolerance"]
    general = usual if general is None else general
    flags = student["red_flags"]
    eta += article.penalty(flags, s, kind, clerkships, program, general, article.WEIGHTS)
    opening = article.gate(student, program, None, signal, {"signal": 0.0})
    return opening * min(1 / (1 + exp(-eta)), 0.95)
