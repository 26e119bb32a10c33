#!/usr/bin/env bash
# Reads what ptxas said of every kernel when it was compiled: prints registers, shared memory and
# stack for each architecture, and fails where a register is spilled to memory.
#   --quiet   only kernels that spill, and the count
set -euo pipefail
cd "$(dirname "$0")/.."

objects="build/${NODE_CUDNN_BUILD:-Release}/native/cudnn/CMakeFiles/node_cudnn_cuda_objects.dir"
reports=()
while IFS= read -r source; do
  report="$objects/${source#native/cudnn/}.o.ptxas"
  [ -e "$report" ] || { echo "check-spills: $report is missing: npm run build" >&2 && exit 1; }
  reports+=("$report")
done < <(find native/cudnn -name '*.cu' | sort)
[ "${#reports[@]}" -gt 0 ] || { echo 'check-spills: there is no kernel' >&2 && exit 1; }

quiet=false
if [ "${1:-}" = --quiet ]; then quiet=true; fi
for report in "${reports[@]}"; do
  echo "source $(basename "$report" .cu.o.ptxas)"
  cat "$report"
done | c++filt | awk -v quiet="$quiet" '
  # The name without its namespaces and parameters; the template arguments tell kernels apart.
  function short(name) {
    sub(/^void /, "", name)
    gsub(/node_cudnn::cudnn::|\(anonymous namespace\)::/, "", name)
    sub(/\((anonymous|[^()]*\(|[^()]*\)$).*/, "", name)
    return name
  }
  /^source / { source = $2 }
  /Compiling entry function/ {
    if (split($0, part, "\047") < 5) broken = $0
    entry = part[2]; architecture = part[4]
  }
  /bytes stack frame/ { stack = $1; stores = $5; loads = $9 }
  /Used [0-9]+ registers/ {
    if (entry == "" || stores == "") broken = $0
    match($0, /[0-9]+ registers/); registers = substr($0, RSTART) + 0
    shared = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART) + 0 : 0
    spills = stores + loads > 0
    spilled += spills
    ++kernels
    seen[architecture] = 1
    if (!quiet || quiet == "false" || spills) {
      if (!header++) printf "%9s %8s %6s %7s %s\n", "registers", "shared", "stack", "arch", "kernel"
      printf "%9d %8d %6d %7s %s: %s%s\n", registers, shared, stack, architecture,
        source, short(entry), spills ? sprintf("  SPILLS: %d bytes stored, %d loaded", stores, loads) : ""
    }
    entry = ""; stores = ""
  }
  END {
    if (broken != "") { print "check-spills: not understood: " broken; exit 1 }
    if (kernels == 0) { print "check-spills: the reports name no kernel"; exit 1 }
    for (name in seen) ++architectures
    printf "%d kernels for %d architectures, %d with register spills\n",
      kernels / architectures, architectures, spilled
    exit spilled > 0
  }'
