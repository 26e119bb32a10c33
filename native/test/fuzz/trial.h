// What the fuzzer tries: one random case of a generator, computed by the CPU backend and by the
// reference.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/graph.h"
#include "random.h"

namespace node_cudnn::fuzz {

struct Trial {
  std::string text;               // what the case is, for a finding
  std::set<std::string> opTypes;  // of its graphs, backward ops included
  // Computes it with the values of this seed. What is wrong, or nothing. Throws Error when a
  // backend refuses it.
  std::function<std::optional<std::string>(std::uint32_t values)> run;
};

struct Generator {
  std::string name;  // the op's type, "model" for whole models
  int share = 1;     // how often it is chosen
  std::function<Trial(Random&)> generate;
};

// A file holds one constant of this type for its generators; there is no list.
struct RegisteredGenerators {
  explicit RegisteredGenerators(const std::vector<Generator>& generators);
};
const std::vector<Generator>& generators();

// What is compared with the reference: NODE_CUDNN_FUZZ_BACKEND, or 'cpu'.
std::string comparedBackend();

// The trial of a seed, by one of all generators or of those with this name ("": all).
struct NamedTrial {
  std::string generator;
  Trial trial;
};
NamedTrial trialOf(std::uint64_t seed, const std::string& name);

// Op types of the core that no generator makes.
std::vector<std::string> forgottenOps();

std::set<std::string> opTypesOf(const Graph& graph);

// Nothing when every |actual - expected| is at most tolerance times the largest |expected|, or
// times `floor` where that is larger (where terms cancel, what is left has no scale of its own).
// Else the tensor, the worst index and both values.
std::optional<std::string> difference(const std::string& tensor, const std::vector<double>& actual,
                                      const std::vector<double>& expected, double tolerance,
                                      double floor);

}  // namespace node_cudnn::fuzz
