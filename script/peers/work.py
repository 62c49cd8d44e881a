"""What the Python peers share: the work as puente exported it, the clock, and
the form of the answers."""
import json
import sys
import time

import numpy as np


class Work:
    def __init__(self, folder):
        with open(f"{folder}/work.json", encoding="utf-8") as f:
            d = json.load(f)
        self.mentors, self.k, self.runs, self.mentees = d["mentors"], d["k"], d["runs"], d["mentees"]
        self.shares = np.fromfile(f"{folder}/shares", np.uint8).reshape(-1, self.mentors)  # a row an ask
        self.allowed = np.fromfile(f"{folder}/allowed", np.uint8).reshape(-1, self.mentors)  # a row a demand
        self.ties = np.fromfile(f"{folder}/ties", np.int32)
        self.organizations = np.fromfile(f"{folder}/organizations", np.int32)
        for m in self.mentees:
            m["asks"] = np.array([t[0] for t in m["terms"]])
            m["weights"] = np.array([t[1] for t in m["terms"]], np.uint16)
            m["refused"] = np.array(m["refused"], np.int64)

    def best(self, mentors, scores):
        """The k best of a few mentors, in the order that everybody uses."""
        order = np.lexsort((self.ties[mentors], -scores.astype(np.int64)))[: self.k]
        return np.column_stack((mentors[order], scores[order])).tolist()


def measure(work, rank, version, size):
    """Ranks as often as asked and prints the processor time of each run."""
    cpu, answers = [], None
    for _ in range(work.runs):
        start = time.process_time()
        answers = rank()
        cpu.append(time.process_time() - start)
    json.dump({"version": version, "cpu": cpu, "bytes": size, "answers": answers}, sys.stdout)
