"""Ranks with numpy, written with what puente knows: shares are bytes, a score is
at most 60,000, so sums fit 16 bits; the k-th best score comes from a partition
of those whom the rules allow, and only those that reach it are sorted."""
import sys

import numpy as np

from work import Work, measure

w = Work(sys.argv[1])
total, part = np.empty(w.mentors, np.uint16), np.empty(w.mentors, np.uint16)
allowed = w.allowed.view(bool)


def top(m):
    np.multiply(w.shares[m["asks"][0]], m["weights"][0], out=total, dtype=np.uint16)
    for ask, weight in zip(m["asks"][1:], m["weights"][1:]):
        np.multiply(w.shares[ask], weight, out=part, dtype=np.uint16)
        np.add(total, part, out=total)
    open_ = np.logical_and.reduce(allowed[m["demands"]])
    if m["organization"]:
        open_ &= w.organizations != m["organization"]
    if len(m["refused"]):
        open_[m["refused"]] = False
    mentors = np.flatnonzero(open_)
    scores = total[mentors]
    if len(scores) > w.k:
        last = len(scores) - w.k
        kept = np.flatnonzero(scores >= np.partition(scores, last)[last])
        mentors, scores = mentors[kept], scores[kept]
    return w.best(mentors, scores)


measure(
    w,
    lambda: [top(m) for m in w.mentees],
    f"numpy {np.__version__}",
    w.shares.nbytes + w.allowed.nbytes + w.ties.nbytes + w.organizations.nbytes,
)
