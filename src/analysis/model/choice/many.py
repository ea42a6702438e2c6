"""Lists of many draws side by side: greedy choice, and signals where they add most (section 6)."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.arrays import Floats
from analysis.errors import ModelError
from analysis.model.choice.constraints import OPTIONS, Constraints
from analysis.model.choice.exact import HIGHEST_OFFER
from analysis.model.choice.greedy import LEAST_GAIN, TIE

Positions = NDArray[np.int64]
Flags = NDArray[np.bool_]
CHUNK = 32  # programs of unlike utility that are looked at together where rivals are counted


class ManyOffers(NamedTuple):
    """Offers in each draw; an offer is an invitation times a match, each with its own states."""

    program: Positions  # shape (draws, m): positions among all, in order of preference
    open_to: Flags  # shape (options, draws, m): what may be listed, and with which signal
    whatever: Flags  # the same if no least chance is asked
    invited: Floats  # shape (z, options, draws, m)
    match: Floats  # shape (w, draws, m)
    first: Floats  # shape (z,): weights of the states of invitations
    second: Floats  # shape (w,): weights of those of rankings

    def of(self, draws: Positions | Flags) -> ManyOffers:
        """The same in some of the draws."""
        return self._replace(
            program=self.program[draws],
            open_to=self.open_to[:, draws],
            whatever=self.whatever[:, draws],
            invited=self.invited[:, :, draws],
            match=self.match[:, draws],
        )

    def sent(self, option: Positions) -> Floats:
        """Offers with the signals given, shape (z, w, draws, m)."""
        invited = np.take_along_axis(self.invited, option[None, None], axis=1)[:, 0]
        return np.asarray(invited[:, None] * self.match)

    @property
    def weight(self) -> Floats:
        """Weights of all pairs of states, shape (z, w)."""
        return np.outer(self.first, self.second)


class ManyLists(NamedTuple):
    """One list a draw: columns of `ManyOffers` in the order taken; -1 where there is none."""

    taken: Positions  # shape (draws, longest)
    option: Positions  # shape (draws, m): signal that each program would get, as in `OPTIONS`
    value: Floats  # shape (draws,): before any price

    def listed(self) -> Flags:
        """Which programs are on the list of each draw, shape (draws, m)."""
        found = np.zeros((len(self.option), self.option.shape[1] + 1), dtype=bool)
        np.put_along_axis(found, self.taken, values=True, axis=1)  # -1 is the column beyond
        return found[:, :-1]

    def of(self, draws: Positions | Flags) -> ManyLists:
        """The same in some of the draws."""
        return ManyLists(self.taken[draws], self.option[draws], self.value[draws])

    def put(self, draws: Flags, others: ManyLists) -> ManyLists:
        """The same with other lists, none longer than there is room for, in some of the draws."""
        taken, option, value = self.taken.copy(), self.option.copy(), self.value.copy()
        taken[draws] = -1
        taken[draws, : others.taken.shape[1]] = others.taken
        option[draws], value[draws] = others.option, others.value
        return ManyLists(taken, option, value)

    def in_order(self, offers: ManyOffers, utility: Floats, known: ManyRules) -> ManyLists:
        """The same lists, each program where it adds most beside those before it."""
        sent, worth = offers.sent(self.option), utility[offers.program]
        return _taken(offers, self.option, sent, self.listed(), worth, known, ())


def near_programs(chance: Floats, utility: Floats, cells: Positions, most: int) -> Flags:
    """Programs that a greedy list of at most ``most`` may take in each draw, shape (draws, m)."""
    # ``chance`` is of shape (k, draws, m), a row a group of scores, and 0 where a program may not
    # be listed; programs stand in order of preference. One is left out where so many others of its
    # cell are wanted as much and have at least its chance, whatever the score: one of them is free
    # and adds as much.
    kept = np.zeros(chance.shape[1:], dtype=bool)
    for cell in np.unique(cells):
        members = np.flatnonzero(cells == cell)
        own, worth = chance[:, :, members], utility[members]
        best = own[:, :, :0]
        start = 0
        while start < members.size:
            level = int(np.searchsorted(-worth, -worth[start], side="right"))
            end = max(level, min(start + CHUNK, members.size))
            here = own[:, :, start:end]
            pool = np.concatenate([best, here], axis=2)
            if pool.shape[2] > most:
                order = np.argpartition(-pool.mean(axis=0), most - 1, axis=1)[:, :most]
                pool = np.take_along_axis(pool, order[None], axis=2)
            rivals, best = (pool if level == end else best), pool
            near = here > 0
            if rivals.shape[2] >= most:
                near &= here >= rivals.min(axis=2, keepdims=True)
            kept[:, members[start:end]] = near.any(axis=0)
            start = end
    return kept


def list_values(offers: ManyOffers, lists: ManyLists, utility: Floats) -> Floats:
    """Value of the list of each draw, all of them of one length, before any price."""
    place = np.sort(lists.taken, axis=1)  # programs stand in order of preference
    rows = np.arange(len(place))[:, None]
    option = np.take_along_axis(lists.option, place, axis=1)
    shares = offers.invited[:, option, rows, place][:, None] * offers.match[:, rows, place]
    shares[..., 1:] *= np.cumprod(1 - shares[..., :-1], axis=3)
    worth = utility[offers.program[rows, place]]
    return np.asarray(np.einsum("zwbm,bm,zw->b", shares, worth, offers.weight))


def sure_offers(sent: Floats, listed: Flags, utility: Floats) -> Floats:
    """What a sure offer of each program adds beside the others of a list, of the shape of `sent`.

    ``sent`` has the shape (z, w, draws, m), ``listed`` and ``utility`` (draws, m).
    """
    offers = np.where(listed, sent, 0.0)
    added = np.ones_like(offers)
    np.cumprod(1 - offers[..., :-1], axis=3, out=added[..., 1:])
    added *= utility
    shares = offers * added
    behind = np.zeros_like(shares)
    behind[..., :-1] = np.cumsum(shares[..., :0:-1], axis=3)[..., ::-1]
    # Whoever is on the list itself stands aside: those behind are then reached more often.
    behind /= np.maximum(1 - offers, 1 - HIGHEST_OFFER)
    added -= behind
    return added


class ManyRules:
    """What rules and prices say of so many programs of each specialty."""

    def __init__(self, rules: Constraints, programs: int) -> None:
        if any(quota.at_least for quota in rules.quotas):
            message = "a list with an 'at least' cannot be made again under other assumptions"
            raise ModelError(message)
        self.rules = rules
        self.specialty = rules.specialties(programs)
        self.groups = int(self.specialty.max(initial=0)) + 1
        self.longest = programs if rules.limit is None else min(rules.limit, programs)
        numbers, fees = np.arange(programs + 2), rules.fees_of(self.groups)
        self.fee = np.zeros((self.groups, numbers.size))
        if rules.price is not None or rules.budget_usd is not None:
            self.fee[:] = [[one.of(int(n)) for n in numbers] for one in fees]
        self.cost, self.block = np.zeros_like(self.fee), np.zeros(self.groups)
        if rules.price is not None:
            self.cost = (self.fee + rules.price.effort_usd * numbers) / rules.price.worth_usd
            self.block = np.array([one.block_usd for one in fees]) / rules.price.worth_usd
        everything = np.arange(programs)
        self.inside = [
            (np.isin(everything, np.asarray(quota.members, dtype=np.int64)), quota.at_most)
            for quota in rules.quotas
            if quota.at_most is not None
        ]
        self.decided = np.full(programs, -1)  # the signal, where it is decided
        for at, option in rules.fixed_signal.items():
            self.decided[at] = OPTIONS.index(option)
        self.shuts: Flags | None = None
        if rules.apart:
            self.shuts = np.zeros((programs, programs), dtype=bool)
            first, second = np.asarray(rules.apart).T
            self.shuts[first, second] = self.shuts[second, first] = True

    @cached_property
    def cells(self) -> Positions:
        """A number for each program; those of one number are alike to every rule."""
        # One whose signal is decided on is rivaled only by those of the same.
        told = self.rules.cells(self.specialty.size, self.decided)
        return np.unique(told, axis=0, return_inverse=True)[1]

    @cached_property
    def rivals(self) -> int:
        """So many better programs leave one that is free: off the list, and not shut out by it."""
        most = self.rules.most_affordable()
        shut = 0 if self.shuts is None else int(self.shuts.sum(axis=0).max())
        return (self.specialty.size if most is None else most) * (1 + shut)

    def charge(self, counts: Positions) -> Floats:
        """Price of one more program of each specialty, shape (draws, groups)."""
        groups = np.arange(self.groups)
        return np.asarray(self.cost[groups, counts + 1] - self.cost[groups, counts])

    def paid_for(self, counts: Positions) -> Flags:
        """Whether the budget pays for one more of each specialty, shape (draws, groups)."""
        groups = np.arange(self.groups)
        fees = self.fee[groups, counts]
        more = fees.sum(axis=1, keepdims=True) - fees + self.fee[groups, counts + 1]
        return np.asarray(more <= (self.rules.budget_usd or 0))

    def counts(self, program: Positions, listed: Flags) -> Positions:
        """Programs of a list in each specialty, shape (draws, groups)."""
        kinds = self.specialty[program]
        each = [(listed & (kinds == group)).sum(axis=1) for group in range(self.groups)]
        return np.stack(each, axis=1)

    def net(self, lists: ManyLists, program: Positions) -> Floats:
        """Value less price of the list of each draw."""
        counts = self.counts(program, lists.listed())
        return np.asarray(lists.value - self.cost[np.arange(self.groups), counts].sum(axis=1))

    def more(self, lists: ManyLists, others: ManyLists, program: Positions) -> Floats:
        """What lists are worth beyond others, each after its price."""
        return self.net(lists, program) - self.net(others, program)


def many_lists(
    offers: ManyOffers, utility: Floats, known: ManyRules, start: ManyLists | None = None
) -> ManyLists:
    """The list of each draw: signals where they add most, then programs one by one.

    Each signal goes where it adds most beside the lists to begin with, or those that come of no
    list; with these signals the list is made greedily.
    """
    worth = utility[offers.program]
    if len(offers.open_to) == 1:
        return _grown(offers, np.zeros_like(offers.program), worth, known)
    if start is None:
        start = _grown(offers, _signals(offers, worth, known, None), worth, known)
    return _grown(offers, _signals(offers, worth, known, start), worth, known)


def _signals(
    offers: ManyOffers, worth: Floats, known: ManyRules, beside: ManyLists | None
) -> Positions:
    """The signal of each program, shape (draws, m): where it adds most beside a list."""
    program, option = offers.program, np.zeros_like(offers.program)
    listed, sent = np.zeros(program.shape, dtype=bool), offers.sent(option)
    if beside is not None:
        listed, sent = beside.listed(), offers.sent(beside.option)
    room = sure_offers(sent, listed, worth)
    room *= offers.match[None]
    inner = np.einsum("zwbm,w->zbm", room, offers.second)
    gain = np.einsum("zobm,zbm,z->obm", offers.invited, inner, offers.first)
    kinds = known.specialty[program]
    counts = known.counts(program, listed)
    charge = np.take_along_axis(known.charge(counts), kinds, axis=1)
    # Beside a list that has no use for a program, its signal adds nothing.
    net = np.where(offers.open_to, np.maximum(gain - charge, 0.0), 0.0)
    # One whose signal is decided on is open with that alone. Without, the best of those off the
    # list may have its place.
    decided = known.decided[program] > 0
    without = np.where(decided, np.where(listed, 0.0, net[0]).max(axis=1, keepdims=True), net[0])
    raised = np.where(offers.open_to[1:], net[1:] - without, -1.0)
    raised[offers.open_to[1:] & decided & np.isin(program, known.rules.must)] = np.inf
    for group in range(known.groups):
        silver, gold = (int(known.rules.signals(one, known.groups)[group]) for one in OPTIONS[1:])
        own = np.where(kinds == group, raised, -1.0)
        if gold > 0:
            # A program that gets gold leaves its silver to the best of those without any.
            freed = 0.0
            if silver > 0:
                spare = -np.sort(-own[0], axis=1)[:, silver + gold : silver + gold + 1]
                freed = np.maximum(own[0] - np.maximum(spare, 0.0).sum(axis=1, keepdims=True), 0.0)
            golden = _first(own[-1] - freed, gold)
            option[golden] = 2
            own[:, golden] = -1.0
        option[_first(own[0], silver)] = 1
    return option


def _first(values: Floats, number: int) -> Flags:
    """Which cells of each row hold the largest values above 0, so many at most; ties in order."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :number]
    found = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(found, order, values=True, axis=1)
    return found & (values > 0)


def _grown(offers: ManyOffers, option: Positions, worth: Floats, known: ManyRules) -> ManyLists:
    """The greedy list of each draw with the signals given."""
    open_to = np.take_along_axis(offers.open_to, option[None], axis=0)[0]
    sent = offers.sent(option)
    blocks = np.flatnonzero(known.block).tolist()
    best = _taken(offers, option, sent, open_to.copy(), worth, known, ())
    # A block is due with the first program and pays only for several: each choice of specialties
    # with a block is tried as if theirs were paid already.
    for size in range(1, len(blocks) + 1):
        for opened in combinations(blocks, size):
            other = _taken(offers, option, sent, open_to.copy(), worth, known, opened)
            more = known.more(other, best, offers.program) > 0
            best = best.put(more, other.of(more))
    return best


def _taken(
    offers: ManyOffers,
    option: Positions,
    sent: Floats,
    open_to: Flags,
    worth: Floats,
    known: ManyRules,
    opened: tuple[int, ...],
) -> ManyLists:
    """Programs taken one by one where the blocks of some specialties count as paid."""
    program, rules = offers.program, known.rules
    draws, width = program.shape
    rows, places = np.arange(draws), np.arange(width)
    kinds = known.specialty[program]
    room = np.empty_like(sent)
    room[:] = worth
    weighed = sent * offers.weight[:, :, None, None]
    counts = np.zeros((draws, known.groups), dtype=np.int64)
    inside = [(members[program], most) for members, most in known.inside]
    held = [np.zeros(draws, dtype=np.int64) for _ in inside]
    value = np.zeros(draws)
    taken = np.full((draws, max(known.longest, len(rules.must))), -1, dtype=np.int64)
    number = 0
    while number < taken.shape[1]:
        gain = np.einsum("zwbm,zwbm->bm", weighed, room)
        if number < len(rules.must):
            place = (program == rules.must[number]).argmax(axis=1)
            active = np.ones(draws, dtype=bool)
        else:
            charge = known.charge(counts)
            for group in opened:
                charge[:, group] -= np.where(counts[:, group] == 0, known.block[group], 0.0)
            free = open_to
            if rules.budget_usd is not None:
                free = free & np.take_along_axis(known.paid_for(counts), kinds, axis=1)
            for (members, most), own in zip(inside, held, strict=True):
                free = free & ~(members & (own >= most)[:, None])
            added = np.where(free, gain - np.take_along_axis(charge, kinds, axis=1), 0.0)
            best = added.max(axis=1, initial=0.0)
            active = best >= LEAST_GAIN
            if not active.any():
                break
            place = (added >= (best * (1 - TIE))[:, None]).argmax(axis=1)
        value += np.where(active, gain[rows, place], 0.0)
        taken[:, number] = np.where(active, place, -1)
        counts[rows, kinds[rows, place]] += active
        for at, (members, _) in enumerate(inside):
            held[at] = held[at] + (members[rows, place] & active)
        if known.shuts is not None:
            open_to &= ~(
                known.shuts[program[rows, place]][rows[:, None], program] & active[:, None]
            )
        open_to[rows[active], place[active]] = False
        offer = np.where(active, sent[:, :, rows, place], 0.0)
        # What is wanted more is displaced there; what is wanted less is needed only beyond it.
        lost = np.where(places < place[:, None], room[:, :, rows, place][..., None], room)
        lost *= offer[..., None]
        room -= lost
        number += 1
    return ManyLists(taken, option, value)
