#!/usr/bin/env bash
# The reader that ships. Two hours on one core. Needs: FONTS (npm @fontsource packages of lab/README.md), POOL, TRAIN, RUN, SCENES (of detector.sh).
set -euo pipefail
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds $(seq 1 16)
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN" --samples 900000 --batch 64 --rate 2e-3
# Then on, with what was learnt from looking at failures; stopped at 215,000 (of a longer run: the rate had fallen to 3e-4).
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds $(seq 21 30)
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN-on" --from "$RUN/checkpoint.pt" --samples 215000 --batch 64 --rate 1.2e-3 --warm 6000 --real 0.07
python -m lab.export reader "$RUN-on/checkpoint.pt" "$RUN/reader.onnx"
python -m lab.pack "$RUN/reader.onnx" platewarden/recognition/onnx/reader.onnx
python -m lab.calibrate --pool "$POOL" --train "$TRAIN" --scenes "$SCENES"
