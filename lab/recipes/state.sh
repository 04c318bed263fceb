#!/usr/bin/env bash
# The network that tells the issuing state. Fifty minutes on one core, on the pool of reader.sh.
set -euo pipefail
python -m lab.train_state --pool "$POOL" --train "$TRAIN" --out "$RUN" --samples 350000
python -m lab.export state "$RUN/checkpoint.pt" "$RUN/state.onnx"
python -m lab.pack "$RUN/state.onnx" platewarden/recognition/onnx/state.onnx
