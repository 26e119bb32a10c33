"""What the peer scripts share: their options, the timing of steps, and the line they print."""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

FULL_SIZE = (227, 3, 1000)
IMAGE = {"plain": FULL_SIZE, "paper": FULL_SIZE, "paper-pool-first": FULL_SIZE, "alexnet8": (32, 3, 10)}


def options(models):
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=models, default=models[0])
    parser.add_argument("--batch", type=int, help="default 64, for alexnet8 32")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parsed = parser.parse_args()
    parsed.batch = parsed.batch or (32 if parsed.model == "alexnet8" else 64)
    return parsed


def peak_memory_bytes():
    """This process's highest resident size (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM line")


def measure(step, chosen):
    """The median seconds of a step; `step` returns its loss as a number, so that it has ended."""
    for _ in range(chosen.warmup):
        step()
    seconds, loss = [], 0.0
    for _ in range(chosen.steps):
        start = time.perf_counter()
        loss = step()
        seconds.append(time.perf_counter() - start)
    if not loss == loss:
        raise RuntimeError("the loss is not a number")
    return statistics.median(seconds)


def report(peer, version, chosen, seconds):
    print(json.dumps({
        "peer": peer,
        "version": version,
        "model": chosen.model,
        "batch": chosen.batch,
        "threads": chosen.threads,
        "imagesPerSecond": round(chosen.batch / seconds, 3),
        "stepSeconds": round(seconds, 4),
        "peakMemoryBytes": peak_memory_bytes(),
    }))
