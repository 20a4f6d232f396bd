"""Fits the constants of `search_fn.encoder.minilm._GELU`, and says how far they are from GELU.

GELU is x·Φ(x) with Φ the normal distribution's. numpy has no error function, but exp: Φ(x) is taken as
1 / (1 + e^p(x)), p(x) = x·(c₀x⁸ + c₁x⁶ + c₂x⁴ + c₃x² + c₄). Both are 1 - themselves at -x, so the error of x·Φ(x) is
the same at x and -x, and the interval (0, 6.5] is fitted alone. Of all five coefficients those are sought whose
greatest error is the least. Such an error has its greatest value six times, with signs in turn (Chebyshev): Remez'
exchange goes from any six points to those. Beyond 6.5 nothing is fitted: p falls on by itself.
`python tests/bench/gelu.py` prints the constants.
"""

import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from search_fn.encoder import minilm  # noqa: E402 - after the path to it

Numbers = NDArray[np.float64]

END = 6.5
"""The greatest |x| that is fitted. Φ(-6.5) is 4e-11, so beyond GELU is 0 or x for any float32 that counts."""
# Steps of the grid on which extremes of the error are looked for: far finer than the distance between two of them.
GRID = np.linspace(0.0, END, 200_001)[1:]
POWERS = np.array([9, 7, 5, 3, 1])
# The well-known logistic approximation of Φ: 1 / (1 + e^-(1.5976x + 0.07056x³)).
START = np.array([0.0, 0.0, 0.0, -0.07056, -1.5976])


def gelu(x: Numbers) -> Numbers:
    """Return GELU in double precision."""
    return np.array([each * 0.5 * math.erfc(-each / math.sqrt(2)) for each in x])


def error(x: Numbers, coefficients: Numbers) -> Numbers:
    """Return the error of GELU at each x."""
    errors: Numbers = x / (1 + np.exp(polynomial(x, coefficients))) - gelu(x)
    return errors


def polynomial(x: Numbers, coefficients: Numbers) -> Numbers:
    """Return p at each x."""
    powers: Numbers = x[:, None] ** POWERS
    values: Numbers = powers @ coefficients
    return values


def fit() -> tuple[Numbers, float]:
    """Return the coefficients of least greatest error, and that error."""
    coefficients = _least_squares(START)
    truth = gelu(GRID)
    while True:
        errors = GRID / (1 + np.exp(polynomial(GRID, coefficients))) - truth
        points = _extremes(errors)
        coefficients, level = _level(GRID[points], coefficients)
        errors = GRID / (1 + np.exp(polynomial(GRID, coefficients))) - truth
        if np.abs(errors).max() <= abs(level) * (1 + 1e-7):
            return coefficients, abs(level)


def _extremes(errors: Numbers) -> NDArray[np.intp]:
    """Return where the error is greatest in each stretch of one sign: the six neighbouring ones of greatest error."""
    stretches = np.split(np.arange(len(errors)), np.flatnonzero(np.diff(np.sign(errors)) != 0) + 1)
    tops = np.array([stretch[np.abs(errors[stretch]).argmax()] for stretch in stretches])
    wanted = len(POWERS) + 1
    starts = range(len(tops) - wanted + 1)
    best = max(starts, key=lambda start: np.abs(errors[tops[start : start + wanted]]).min())
    return tops[best : best + wanted]


def _level(x: Numbers, coefficients: Numbers) -> tuple[Numbers, float]:
    """Return the coefficients for which the error at six points is the same with signs in turn, by Newton's method."""
    signs, level = (-1.0) ** np.arange(len(x)), 0.0
    for _ in range(100):
        share = 1 / (1 + np.exp(polynomial(x, coefficients)))
        slopes = -(x * share * (1 - share))[:, None] * x[:, None] ** POWERS
        step = np.linalg.solve(np.column_stack([slopes, -signs]), signs * level - error(x, coefficients))
        coefficients, level = coefficients + step[:-1], level + step[-1]
        if np.abs(step).max() < 1e-15:
            break
    return coefficients, level


def _least_squares(coefficients: Numbers) -> Numbers:
    """Return the coefficients of least squared error, by Gauss and Newton's method: a start with enough extremes."""
    x, truth = GRID[::100], gelu(GRID[::100])
    for _ in range(50):
        share = 1 / (1 + np.exp(polynomial(x, coefficients)))
        slopes = -(x * share * (1 - share))[:, None] * x[:, None] ** POWERS
        coefficients = coefficients + np.linalg.lstsq(slopes, truth - x * share, rcond=None)[0]
    return coefficients


def main() -> None:
    coefficients, level = fit()
    print("fitted: ", ", ".join(f"{value:.9g}" for value in coefficients.astype(np.float32)))
    print("in use: ", ", ".join(f"{value:.9g}" for value in minilm._GELU))
    x = np.linspace(-2 * END, 2 * END, 400_001)
    single = np.abs(minilm._gelu(x.astype(np.float32)) - gelu(x.astype(np.float32).astype(np.float64)))
    print(f"greatest error on [-{END}, {END}]: {level:.3g}; as it is computed, on twice that: {single.max():.3g}")


if __name__ == "__main__":
    main()
