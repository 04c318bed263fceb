#!/usr/bin/env bash
# The network that sees several frames at once. 45 minutes on less than half a core. Needs: FONTS (npm @fontsource packages of lab/README.md), POOL, TRAIN, RUN,
# and $PLATEWARDEN_LAB/fonts. How far it comes in 45 minutes depends on the machine: how many clips theirs saw stands in lab/LOG.md.
set -euo pipefail
export OMP_NUM_THREADS=1
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds 50 61 62 63 64 1
python -m lab.unpack --pool "$POOL" --train "$TRAIN" --dev-seed 50 --pictures 96 "$RUN/start.pt"
python -m lab.train_frames --pool "$POOL" --train "$TRAIN" --from "$RUN/start.pt" --out "$RUN/several" --minutes 45 --exam-clips 24
python -m lab.export several "$RUN/several/checkpoint.pt" "$RUN/several.onnx"
python -m lab.pack "$RUN/several.onnx" platewarden/recognition/onnx/several.onnx
python -m lab.voting platewarden/recognition/onnx/reader.onnx --several platewarden/recognition/onnx/several.onnx --pool "$POOL" --clips 1000 --hardness 0.5
