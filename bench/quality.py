#!/usr/bin/env python3
"""What quantization does to models of yours, as a table: fidelity over several calibration subsets, its price in latency, time and memory.

    bench/quality.py MODEL... --data COCO [--recipes plain,strict,default] [--subsets 5] [--pictures 120] [--octet build/release/octet]

MODEL is anything that `octet quantize` takes. For each recipe the model is quantized with `--pictures` pictures drawn by the seeds 1, 2, ...; fidelity AP, and the drop of
AP where pictures are annotated, are those of `octet check` in points, mean and deviation over the subsets: one subset moves by about a point. Latency is that of `octet bench`,
over the plain recipe's, in turn in one run. The last line is all of it as JSON.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

OPTIONS = {"plain": ["--recipe", "plain"], "strict": ["--strict-int8"], "default": []}


def octet(program, *arguments):
    done = subprocess.run([program, *map(str, arguments), "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{Path(program).name} {' '.join(map(str, arguments))}: status {done.returncode}\n{done.stderr.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def spread(figures):
    return {"mean": statistics.mean(figures), "deviation": statistics.stdev(figures) if len(figures) > 1 else 0.0, "each": figures}


def measured(arguments, model, recipe, folder):
    """One recipe over all subsets, and the last model that it made."""
    fidelity, drop, seconds, memory = [], [], [], []
    for seed in range(1, arguments.subsets + 1):
        made = octet(arguments.octet, "quantize", model, "--data", arguments.data, "--subset", arguments.pictures, "--seed", seed, *OPTIONS[recipe],
                     "--threads", arguments.threads, "--output", folder / recipe)
        check = octet(arguments.octet, "check", model, made["model"], "--data", arguments.data, "--threads", arguments.threads)
        fidelity.append(100 * check["fidelity"])
        drop.append(100 * check["drop"])
        seconds.append(made["seconds"])
        memory.append(made["peak_rss_mb"])
    return {"recipe": recipe, "fidelity": spread(fidelity), "drop": spread(drop), "seconds": statistics.median(seconds), "peak_rss_mb": max(memory)}, made["model"]


def relative_latency(arguments, model, first):
    return octet(arguments.octet, "bench", model, first, "--threads", arguments.threads, "--seconds", arguments.seconds)["ratio"]


def one_model(arguments, model):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, first = [], None
        for recipe in arguments.recipes:
            row, made = measured(arguments, model, recipe, folder)
            row["relative_latency"] = relative_latency(arguments, made, first) if first else 1.0
            first = first or made
            rows.append(row)
    return {"model": str(model), "rows": rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, metavar="MODEL")
    parser.add_argument("--data", required=True, type=Path, help="data set in one of the layouts that octet knows, with annotations")
    parser.add_argument("--recipes", default="plain,strict,default", help="of plain, strict, default; latency is relative to the first")
    parser.add_argument("--subsets", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=120, help="to calibrate with, in each subset")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3, help="of each model in a comparison of latencies")
    parser.add_argument("--octet", default="build/release/octet")
    arguments = parser.parse_args()
    arguments.recipes = arguments.recipes.split(",")
    for recipe in arguments.recipes:
        if recipe not in OPTIONS:
            parser.error(f"'{recipe}' is none of {', '.join(OPTIONS)}")
    print(f"{'model':<32} {'recipe':<8} {'fidelity AP':>14} {'drop of AP':>14} {'latency':>8} {'seconds':>8} {'MB':>6}")
    results = []
    for model in arguments.models:
        results.append(one_model(arguments, model))
        for row in results[-1]["rows"]:
            figures = [f"{row[key]['mean']:.2f} ± {row[key]['deviation']:.2f}" for key in ("fidelity", "drop")]
            print(f"{model.stem:<32} {row['recipe']:<8} {figures[0]:>14} {figures[1]:>14} {row['relative_latency']:>8.3f} {row['seconds']:>8.1f} {row['peak_rss_mb']:>6.0f}", flush=True)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
