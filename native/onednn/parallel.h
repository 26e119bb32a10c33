// Loops over all cores, compiled for the CPU at hand.
#pragma once

#include <algorithm>
#include <cstdint>

namespace node_cudnn::onednn {

enum class InstructionSet { Baseline, Avx2, Avx512 };

inline InstructionSet instructionSet() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd")) {
    return InstructionSet::Avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return InstructionSet::Avx2;
  }
#endif
  return InstructionSet::Baseline;
}

#if defined(__x86_64__)
// Everything that the body calls is inlined and compiled for the target.
template <typename Body>
[[gnu::flatten, gnu::noinline, gnu::target("arch=x86-64-v4,prefer-vector-width=512")]] void
runAvx512(const Body& body, std::int64_t begin, std::int64_t end) {
  body(begin, end);
}

template <typename Body>
[[gnu::flatten, gnu::noinline, gnu::target("arch=x86-64-v3")]] void runAvx2(const Body& body,
                                                                            std::int64_t begin,
                                                                            std::int64_t end) {
  body(begin, end);
}
#endif

// body(begin, end) in the widest instructions that the CPU has.
template <typename Body>
void runVectorized(InstructionSet set, const Body& body, std::int64_t begin, std::int64_t end) {
#if defined(__x86_64__)
  if (set == InstructionSet::Avx512) return runAvx512(body, begin, end);
  if (set == InstructionSet::Avx2) return runAvx2(body, begin, end);
#else
  (void)set;
#endif
  body(begin, end);
}

// Calls body(begin, end) for parts of [0, count) of `chunk` elements, on all cores. The parts, and
// which of them exist, do not depend on the number of threads.
template <typename Body>
void parallelChunks(std::int64_t count, std::int64_t chunk, const Body& body) {
  const InstructionSet set = instructionSet();
  if (count <= chunk) {
    if (count > 0) runVectorized(set, body, 0, count);
    return;
  }
#pragma omp parallel for schedule(static)
  for (std::int64_t begin = 0; begin < count; begin += chunk) {
    runVectorized(set, body, begin, std::min(begin + chunk, count));
  }
}

inline constexpr std::int64_t kChunk = 16384;  // floats: 64 KiB, within the L2 cache

// An elementwise loop.
template <typename Body>
void parallelElements(std::int64_t count, const Body& body) {
  parallelChunks(count, kChunk, body);
}

}  // namespace node_cudnn::onednn
