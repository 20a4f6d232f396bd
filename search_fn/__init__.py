"""The search function: everything that Lambda needs and nothing else."""

import os

# OpenBLAS reads it once, when numpy is first imported. With two threads on a busy machine, products of matrices as
# small as a search's take many times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# ONNX Runtime reads it once, when it is first imported: its published wheels tell their makers of the process, the
# machine and the model otherwise, over the network, and keep an identifier below the user's folder.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
