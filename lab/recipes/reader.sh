#!/usr/bin/env bash
# The reader that ships. Two and a half hours on one core. Needs: FONTS (npm @fontsource packages of lab/README.md), POOL, TRAIN, RUN, SCENES (of detector.sh).
set -euo pipefail
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds $(seq 1 16)
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN" --samples 900000 --batch 64 --rate 2e-3
# Then on, with what was learnt from looking at failures; stopped at 215,000 (of a longer run: the rate had fallen to 3e-4).
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds $(seq 21 30)
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN-on" --from "$RUN/checkpoint.pt" --samples 215000 --batch 64 --rate 1.2e-3 --warm 6000 --real 0.07
# And on with signs that are to be left unread; three quarters of what came out, one of what it began with. Theirs began with the weights that had
# shipped, made a network again by lab/unpack.py (its checkpoint was gone), on pool files 1 to 16 and 21 to 25 drawn anew.
python -m lab.train --pool "$POOL" --train "$TRAIN" --out "$RUN-signs" --from "$RUN-on/checkpoint.pt" --samples 380000 --batch 64 --rate 8e-4 --warm 4000 --real 0.07 --signs 0.07
python -m lab.average "$RUN-on/checkpoint.pt" "$RUN-signs/checkpoint.pt" "$RUN/shipped.pt" --later 0.75
python -m lab.export reader "$RUN/shipped.pt" "$RUN/reader.onnx"
python -m lab.pack "$RUN/reader.onnx" "$RUN/half.onnx"
mkdir -p "$RUN/folded" "$RUN/eight"
python -m lab.fold "$RUN/half.onnx" "$RUN/folded/reader.onnx"
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds 61
python -m lab.quantise reader --from "$RUN/folded" --pool "$POOL" --train "$TRAIN" --out "$RUN/eight" --file 61
python -m lab.pack "$RUN/eight/reader.onnx" platewarden/recognition/onnx/reader.onnx
python -m lab.calibrate --pool "$POOL" --train "$TRAIN" --scenes "$SCENES"
