"""What the wording of a probe gives away: checks on content, for the tests and for whoever writes items.

python -m tests.wording affordability      # every finding about one value, and the words that leak
"""

# scikit-learn is untyped.
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false, reportIndexIssue=false

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.sparse import hstack, vstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from msm_eval.item import Item
from msm_eval.probe import Value, kinds, load_value

SIZES = {"affordability": 480, "america": 480}
DEFAULT_SIZE = 320
MOST_ACCURATE = 0.60
STRENGTHS = (0.01, 0.1, 1.0, 10.0)


class Leak(NamedTuple):
    accuracy: float
    """Of the best of the classifiers, in 10-fold cross-validation over items."""
    words: list[tuple[str, float]]
    """The words that tell most; positive ones speak for the aligned option."""


def wording_only(items: Sequence[Item]) -> Leak:
    """How often logistic regression on the option texts alone (words and length) finds the aligned option.

    An item's features are the counts of one option less those of the other, each item once in either direction, so that a
    classifier without any knowledge is right half of the time. The best of four strengths of regularisation counts.
    """
    counter = CountVectorizer(token_pattern=r"(?u)\b\w+\b", binary=True)
    counts = counter.fit_transform([o for i in items for o in i.options]).astype(float)
    lengths = np.array([len(o) for i in items for o in i.options], dtype=float)
    difference = counts[0::2] - counts[1::2]
    longer = ((lengths[0::2] - lengths[1::2]) / lengths.mean())[:, None]
    x = hstack([difference, longer], format="csr")
    both, truth = vstack([x, -x], format="csr"), np.r_[np.ones(len(items)), np.zeros(len(items))]
    groups = np.tile(np.random.default_rng(0).permutation(len(items)), 2)
    best = 0.0
    for strength in STRENGTHS:
        right: list[float] = []
        for train, test in GroupKFold(10).split(both, truth, groups):
            model = LogisticRegression(C=strength, fit_intercept=False, max_iter=2000).fit(both[train], truth[train])
            margin = model.decision_function(both[test])
            right += list(np.where(margin == 0, 0.5, (margin > 0) == truth[test]))
        best = max(best, float(np.mean(right)))
    weights = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000).fit(both, truth).coef_[0]
    names = [*counter.get_feature_names_out(), "(longer)"]
    ranked = sorted(zip(names, map(float, weights), strict=True), key=lambda pair: -abs(pair[1]))
    return Leak(best, ranked[:40])


def words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.lower())


def near_duplicates(items: Sequence[Item], most: float = 0.6) -> list[tuple[Item, Item, float]]:
    """Pairs of items that share more than `most` of their words (Jaccard), or the words of both options."""
    bags = [set(words(f"{i.ask} {' '.join(i.options)}")) for i in items]
    options = [set(words(f"{' '.join(i.options)}")) for i in items]
    found: list[tuple[Item, Item, float]] = []
    for a, b in combinations(range(len(items)), 2):
        shared = len(bags[a] & bags[b]) / len(bags[a] | bags[b])
        same = len(options[a] & options[b]) / len(options[a] | options[b])
        if shared > most or same > 0.7:
            found.append((items[a], items[b], max(shared, same)))
    return found


def findings(value: Value, leak: Leak) -> list[str]:
    """Everything about a value that is not as it should be; empty when all is well."""
    items, found = value.items, list[str]()
    size = SIZES.get(value.name, DEFAULT_SIZE)
    if len(items) < size:
        found.append(f"{len(items)} items, {size} wanted")
    if len(value.domains) < 6:
        found.append(f"{len(value.domains)} domains, at least 6 wanted")
    for text in ("# What it is\n", "# What it is not\n"):
        if text not in value.text:
            found.append(f"value.md has no section {text.strip()}")
    shares = Counter((i.split, i.kind) for i in items)
    per_domain: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for item in items:
        per_domain[item.group][item.split, item.kind] += 1
    for split in ("dev", "test"):
        if not 0.45 <= sum(n for (s, _), n in shares.items() if s == split) / len(items) <= 0.55:
            found.append(f"{split} is not half of the items")
        for kind in kinds():
            if shares[split, kind] < 0.1 * len(items):
                found.append(f"only {shares[split, kind]} items of kind {kind} in {split}")
            found += [f"{d}: no {kind} in {split}" for d, n in per_domain.items() if not n[split, kind]]
    for stems, what in ((value.meta.names, "names the value"), (value.meta.excluded, "is of the training domain")):
        stem = re.compile(r"\b(?:" + "|".join(map(re.escape, stems)) + ")", re.I)
        for item in items:
            for text in (item.ask, *item.options):
                found += [f"{item.id}: {match[0]!r} {what}: {text[:90]!r}" for match in stem.finditer(text)]
    for item in items:
        short, long = sorted(item.options, key=len)
        if len(long) > 1.6 * len(short) + 12:
            found.append(f"{item.id}: one option is much longer: {short[:60]!r} / {long[:60]!r}")
        if len(words(f"{item.ask} {' '.join(item.options)}")) > 120:
            found.append(f"{item.id}: longer than 120 words")
        if words(short) == words(long):
            found.append(f"{item.id}: both options are the same")
    ids = Counter(i.digest for i in items)
    found += [f"{digest}: stands {n} times" for digest, n in ids.items() if n > 1]
    found += [f"{a.id} and {b.id} share {s:.0%}: {a.ask[:70]!r} / {b.ask[:70]!r}" for a, b, s in near_duplicates(items)]
    longer = np.mean([len(i.options[0]) > len(i.options[1]) for i in items])
    if not 0.4 <= longer <= 0.6:
        found.append(f"the aligned option is the longer one in {longer:.0%} of the items")
    accuracy, leaks = leak
    if accuracy >= MOST_ACCURATE:
        top = ", ".join(f"{w} {s:+.1f}" for w, s in leaks)
        found.append(f"wording alone finds the aligned option in {accuracy:.1%} (below {MOST_ACCURATE:.0%} wanted): {top}")
    return found


if __name__ == "__main__":
    probe = load_value(sys.argv[1])
    leak = wording_only(probe.items)
    print("\n".join(findings(probe, leak)) or "no findings")
    print(f"{len(probe.items)} items, {len(probe.domains)} domains, wording alone {leak.accuracy:.1%}")
    print("words that tell most (+ aligned, - other):", ", ".join(f"{w} {s:+.1f}" for w, s in leak.words))
    names = Counter((i.group, i.split, i.kind) for i in probe.items)
    for key in sorted(names):
        print(*key, names[key])
