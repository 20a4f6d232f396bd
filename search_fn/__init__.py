"""The search function: everything that Lambda needs and nothing else."""

import os

# OpenBLAS reads it once, when numpy is first imported. With two threads on a busy machine, products of matrices as
# small as the encoder's take many times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
