#!/bin/sh
# The finder and the refiner, from nothing to ONNX: about two hours on two shared cores. Stopped, it goes on where it was.
# Needs the pool that lab/plates.py writes, in $WORK/pool. Sizes and seeds are those of the shipped weights, with two differences:
# theirs had scenes 1 to 20 without fences and numbers, and 20,000 of the refiner's cut-outs came before the finder's false finds
# (lab/LOG-detector.md).
set -eu
cd "$(dirname "$0")/../.."
: "${PYTHON:=python3}" "${WORK:=../lab}" "${EVAL:=../shared/data/eval}"
SCENES=$WORK/scenes RUN=$WORK/detector/run
export OMP_NUM_THREADS=1 PLATEWARDEN_LAB="$WORK"
have() { test -e "$SCENES/$1.npy"; }

have dev_0001 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds 1 --held-out
have scenes_0020 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds $(seq 1 20)
have scenes_0108 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds $(seq 101 108) --empty 0.55
find_more() { "$PYTHON" -m lab.train_detector finder --scenes "$SCENES" --out "$RUN" --pictures "$1" --rate 3e-3; }
test -e "$SCENES/scenes_0108.false.json" || find_more 60000
test -e "$SCENES/scenes_0108.false.json" || "$PYTHON" -m lab.train_detector false --scenes "$SCENES" --out "$RUN"
"$PYTHON" -m lab.train_detector refiner --scenes "$SCENES" --out "$RUN" --pictures 150000 --batch 32
find_more 105000
"$PYTHON" -m lab.export_detector "$RUN" "$WORK/detector"
"$PYTHON" -m lab.measure_detector "$WORK/detector" "$EVAL" --plate-free "$WORK/plate-free"
