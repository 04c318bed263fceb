#!/usr/bin/env bash
# The reader that ships. Two hours on one core. Needs: FONTS (npm @fontsource packages of lab/README.md), POOL, TRAIN, RUN, SCENES (of detector.sh).
set -euo pipefail
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds $(seq 1 16)
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN" --samples 900000 --batch 64 --rate 2e-3
python -m lab.export reader "$RUN/checkpoint.pt" "$RUN/reader.onnx"
python -m lab.pack "$RUN/reader.onnx" platewarden/recognition/onnx/reader.onnx
python -m lab.calibrate --pool "$POOL" --train "$TRAIN" --scenes "$SCENES"
