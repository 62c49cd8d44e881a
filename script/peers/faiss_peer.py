"""Ranks with FAISS: exact inner products over all mentors, in batch, with the
search of its flat index. A score is the inner product of a mentee's weights
and a mentor's shares; a demand that says no is one more dimension, which
takes off more than any score. All asks together would be thousands of
dimensions, most of them of no interest to a mentee, so a batch searches
the dimensions of its mentees only; taking them out of the whole is part of
the work. Whole numbers below 2^24 are exact in float32. FAISS breaks ties as
it likes: it is asked for a few more than k, the rest is settled here, and it
is asked again where that was not enough."""
import sys

import faiss
import numpy as np

from work import Work, measure

BATCH = 128
MARGIN = 14
NO = -65536

w = Work(sys.argv[1])
faiss.omp_set_num_threads(1)
# A demand that everybody makes, such as a free place, removes mentors for good.
common = set.intersection(*(set(m["demands"]) for m in w.mentees))
present = np.flatnonzero(np.logical_and.reduce(w.allowed[sorted(common)]))
whole = np.concatenate((w.shares[:, present], 1 - w.allowed[:, present])).T.astype(np.float32, order="C")
for m in w.mentees:
    demands = [len(w.shares) + d for d in m["demands"] if d not in common]
    m["dimensions"] = np.concatenate((m["asks"], demands)).astype(np.int64)
    m["factors"] = np.concatenate((m["weights"], [NO] * len(demands))).astype(np.float32)


def batch(mentees):
    used = np.unique(np.concatenate([m["dimensions"] for m in mentees]))
    queries = np.zeros((len(mentees), len(used)), np.float32)
    for q, m in zip(queries, mentees):
        q[np.searchsorted(used, m["dimensions"])] = m["factors"]
    return search(queries, np.take(whole, used, axis=1), mentees, w.k + MARGIN)


def search(queries, database, mentees, many):
    many = min(many, len(present))
    scores, found = faiss.knn(queries, database, many, metric=faiss.METRIC_INNER_PRODUCT)
    answers = []
    for i, m in enumerate(mentees):
        mentors = present[found[i]]
        ok = scores[i] > 0
        if m["organization"]:
            ok &= w.organizations[mentors] != m["organization"]
        if len(m["refused"]):
            ok &= ~np.isin(mentors, m["refused"])
        kept, last = scores[i][ok], scores[i][-1]
        if last > 0 and many < len(present) and (len(kept) < w.k or kept[w.k - 1] <= last):
            answers += search(queries[i : i + 1], database, [m], 4 * many)
        else:
            answers.append(w.best(mentors[ok], kept.astype(np.int32)))
    return answers


measure(
    w,
    lambda: [a for i in range(0, len(w.mentees), BATCH) for a in batch(w.mentees[i : i + BATCH])],
    f"FAISS {faiss.__version__}, numpy {np.__version__}",
    whole.nbytes,
)
