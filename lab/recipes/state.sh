#!/usr/bin/env bash
# The network that reads a plate's words, and what they weigh. An hour and a quarter on one core and a half; begins with the serial reader's weights of
# reader.sh ($READER). $FONTS is lab-fonts, $MORE another folder with fonts for words (npm install --ignore-scripts @fontsource/{satisfy,courgette,
# cookie,damion,norican,oleo-script,grand-hotel,kalam,comfortaa,rye,alfa-slab-one,cinzel,cormorant-garamond,eb-garamond,bitter,arvo,montserrat,
# poppins,lato,anton,russo-one,righteous,limelight,allura,playball,niconne,vollkorn,josefin-sans}).
# The shipped run's first half was made without the easy strips, at a somewhat harder mix (see LOG.md): this repeats it nearly.
set -euo pipefail
export OMP_NUM_THREADS=1
learn=(python -m lab.train_words --fonts "$FONTS" "$MORE")
"${learn[@]}" --from "$READER" --out "$RUN/first" --minutes 25
"${learn[@]}" --from "$RUN/first/checkpoint.pt" --out "$RUN" --minutes 47
python -m lab.export state "$RUN/checkpoint.pt" "$RUN/state.onnx"
python -m lab.calibrate_state --fonts "$FONTS" "$MORE" --train "$TRAIN" --words "$RUN/state.onnx" --out "$RUN" --count 900
mkdir -p "$RUN/half" "$RUN/folded" "$RUN/eight"
python -m lab.pack "$RUN/state.onnx" "$RUN/half/state.onnx"
python -m lab.fold "$RUN/half/state.onnx" "$RUN/folded/state.onnx"
# In eight bits: what it is fed on real photographs and 220 drawn plates of pool file 61 sets the steps.
python -m lab.plates --fonts "$FONTS" --out "$POOL" --seeds 61
python -m lab.quantise state --from "$RUN/folded" --pool "$POOL" --train "$TRAIN" --out "$RUN/eight" --file 61
python -m lab.pack "$RUN/eight/state.onnx" platewarden/recognition/onnx/state.onnx
