#!/usr/bin/env bash
# Runs a compiler of CUDA sources and keeps what it writes to stderr beside the object, as
# <object>.ptxas: with -Xptxas=-v the resources of every kernel. Other lines are shown.
object=''
for ((i = 1; i < $#; ++i)); do
  if [ "${!i}" = -o ]; then
    next=$((i + 1))
    object=${!next}
  fi
done
[ -n "$object" ] || exec "$@"

"$@" 2>"$object.ptxas"
status=$?
grep -vE '^ptxas info|^ +[0-9]+ bytes stack frame' "$object.ptxas" >&2
exit $status
