"""The worker of a peer: it gets its task as JSON, and lines on its standard input one by one.

A line 'run 32' asks for a turn with batch 32: some steps, and the median as one line of JSON. Between
turns it waits for a line, and sleeps. What it cannot do, it says in the line that should say 'ready'.
"""

import json
import statistics
import sys
import time

import numpy as np


def read_task():
    """network, mode ('train' or 'predict'), batches, threads, inputShape, targetShape, classes, optimizer."""
    return json.loads(sys.argv[1])


def say(line):
    print(json.dumps(line), flush=True)


def noise(task, batch):
    return np.random.default_rng(1).random((batch, *task["inputShape"]), dtype=np.float32) - 0.5


def labels(task, batch):
    return np.random.default_rng(2).integers(0, task["classes"], (batch, *task["targetShape"]))


def turn(step, least):
    """The median milliseconds of a step, of at least two and of `least` milliseconds of them.

    The first of a turn is left out: the others' turns have taken its caches, and its pages where
    the system reclaims what is idle.
    """
    step()
    times = []
    begun = time.perf_counter()
    while len(times) < 2 or (1000 * (time.perf_counter() - begun) < least and len(times) < 1000):
        start = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def serve(task, version, make_step):
    """`make_step(batch)` makes what a turn repeats: a step or a call that has ended when it returns."""
    try:
        steps = {batch: make_step(batch) for batch in task["batches"]}
        for step in steps.values():
            for _ in range(2):
                begun = time.perf_counter()
                step()
                step.last = 1000 * (time.perf_counter() - begun)
    except Exception as error:
        say({"cannot": str(error).strip().splitlines()[0][:200], "version": version})
        return
    say({"ready": True, "version": version})
    for line in sys.stdin:
        word, _, batch = line.strip().partition(" ")
        if word != "run":
            return
        say({"milliseconds": turn(steps[int(batch)], task["leastMilliseconds"])})
