// The engines that the library's heuristics offer for a graph, best first, and what each says of
// itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "descriptor.h"

namespace node_cudnn::cudnn {

// Words of Engine::text().
inline constexpr const char* kTensorCores = "tensor cores";
inline constexpr const char* kCublasLt = "cublasLt";

struct Engine {
  std::int64_t index = 0;  // the library's number, one row of numbers for each kind of graph
  std::vector<std::int64_t> numericalNotes;  // cudnnBackendNumericalNote_t
  std::vector<std::int64_t> behaviorNotes;   // cudnnBackendBehaviorNote_t

  // Tensor cores round float32 operands to 11 bits. cublasLt takes them without a word.
  bool usesTensorCores() const;
  bool has(cudnnBackendNumericalNote_t note) const;
  bool has(cudnnBackendBehaviorNote_t note) const;
  // "engine 37, tensor cores, compiled at run time". products: whether its graph multiplies; the
  // library says that of tensor cores for engines of other graphs too.
  std::string text(bool products) const;
};

struct Candidate {
  Descriptor config;
  Engine engine;
};

// The engine of a finalized engine configuration. Throws Refused.
Engine engineOf(const Descriptor& config);

// graph: an operation graph; device: device properties. Throws Refused when the library has no
// engine of this mode for the graph, also where it would answer with an empty list.
std::vector<Candidate> searchEngines(const Descriptor& graph, const Descriptor& device,
                                     cudnnBackendHeurMode_t mode);

}  // namespace node_cudnn::cudnn
