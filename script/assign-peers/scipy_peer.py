"""scipy_peer.py FILE ALGORITHM RUNS: the largest total score of an instance by
scipy. Every place is a column of its own, and every mentee has a column for
going without. It prints the same JSON as lemon.cc."""

import json
import resource
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

name, algorithm, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
data = np.fromfile(name, dtype=np.int32)
n, m, edges, must, cover = data[:5]
at = np.cumsum([5, n, m, n, m, n + 1, edges, edges])
left, right, least_left, least_right, first, to, score = (data[a:b] for a, b in zip(at[:-1], at[1:]))
assert (left == 1).all() and not least_left.any() and not least_right.any() and must == cover == 0
row = np.repeat(np.arange(n), np.diff(first))
place = np.concatenate([[0], np.cumsum(right)])
many = right[to]
rows = np.concatenate([np.repeat(row, many), np.arange(n)])
inner = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
columns = np.concatenate([np.repeat(place[to], many) + inner, place[-1] + np.arange(n)])
# Explicit zeros would count as missing: one is added to every score.
values = np.concatenate([np.repeat(score, many), np.zeros(n)]).astype(np.float64) + 1
matrix = csr_matrix((values, (rows, columns)), shape=(n, place[-1] + n))
if algorithm == "dense":
    matrix = matrix.toarray()
cpu = []
for _ in range(runs):
    start = time.process_time()
    if algorithm == "dense":
        i, j = linear_sum_assignment(matrix, maximize=True)
    else:
        i, j = min_weight_full_bipartite_matching(matrix, maximize=True)
    cpu.append(time.process_time() - start)
    if cpu[-1] > 5:
        break
total = int(round(float(np.asarray(matrix[i, j]).sum()))) - int(n)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024e-6
print(json.dumps({"version": f"scipy {scipy.__version__}", "total": total, "cpu": cpu, "peak": peak}))
