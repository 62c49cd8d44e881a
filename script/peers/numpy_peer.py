"""Ranks with numpy as it is usually written: for each mentee her weights times
the matrix of shares, masks for the rules, and argpartition for the best."""
import sys

import numpy as np

from work import Work, measure

w = Work(sys.argv[1])
shares = w.shares.astype(np.float32)
allowed = w.allowed.view(bool)
unlucky = (w.mentors - 1 - w.ties).astype(np.int64)


def top(m):
    score = m["weights"].astype(np.float32) @ shares[m["asks"]]
    open_ = allowed[m["demands"]].all(axis=0)
    if m["organization"]:
        open_ &= w.organizations != m["organization"]
    open_[m["refused"]] = False
    key = np.where(open_, score.astype(np.int64) * w.mentors + unlucky, -1)
    best = np.argpartition(key, max(0, w.mentors - w.k))[-w.k :]
    best = best[key[best] >= 0]
    best = best[np.argsort(-key[best])]
    return np.column_stack((best, score[best].astype(np.int64))).tolist()


measure(
    w,
    lambda: [top(m) for m in w.mentees],
    f"numpy {np.__version__}",
    shares.nbytes + allowed.nbytes + unlucky.nbytes + w.organizations.nbytes,
)
