#include "trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "../device_precision.h"
#include "core/op.h"

namespace node_cudnn::fuzz {

namespace {

std::vector<Generator>& registry() {
  static std::vector<Generator> all;
  return all;
}

}  // namespace

RegisteredGenerators::RegisteredGenerators(const std::vector<Generator>& generators) {
  registry().insert(registry().end(), generators.begin(), generators.end());
}

const std::vector<Generator>& generators() { return registry(); }

std::string comparedBackend() { return test::environmentText("NODE_CUDNN_FUZZ_BACKEND", "cpu"); }

NamedTrial trialOf(std::uint64_t seed, const std::string& name) {
  // In the order of their names: that of registration is the linker's.
  std::vector<const Generator*> candidates;
  for (const Generator& generator : registry()) {
    if (!name.empty() && generator.name != name) continue;
    for (int i = 0; i < generator.share; ++i) candidates.push_back(&generator);
  }
  std::ranges::stable_sort(candidates, {}, [](const Generator* g) { return g->name; });
  if (candidates.empty()) throw std::invalid_argument("no generator is called '" + name + "'");
  Random random(seed);
  const Generator& chosen = *random.pick(candidates);
  return {chosen.name, chosen.generate(random)};
}

std::vector<std::string> forgottenOps() {
  constexpr std::uint64_t kTries = 60;  // of each generator
  std::set<std::string> met;
  for (const Generator& generator : registry()) {
    for (std::uint64_t seed = 0; seed < kTries; ++seed) {
      Random random(seed);
      met.merge(generator.generate(random).opTypes);
    }
  }
  std::vector<std::string> forgotten = opTypes();
  std::erase_if(forgotten, [&](const std::string& type) { return met.contains(type); });
  return forgotten;
}

std::set<std::string> opTypesOf(const Graph& graph) {
  std::set<std::string> types;
  for (const Op& op : graph.ops()) types.emplace(op.type());
  return types;
}

std::optional<std::string> difference(const std::string& tensor, const std::vector<double>& actual,
                                      const std::vector<double>& expected, double tolerance,
                                      double floor) {
  std::ostringstream text;
  if (actual.size() != expected.size()) {
    text << tensor << ": " << actual.size() << " values, expected " << expected.size();
    return text.str();
  }
  double scale = floor;
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    scale = std::max(scale, std::fabs(expected[i]));
    // What float32 cannot hold may come out as infinity, or as what that leads to.
    const bool holds = std::fabs(expected[i]) <= std::numeric_limits<float>::max();
    if (!holds && !std::isfinite(actual[i])) continue;
    const double error = std::fabs(actual[i] - expected[i]);
    if (error <= worst) continue;
    worst = error;
    at = i;
    if (std::isnan(error)) break;
  }
  if (worst <= tolerance * scale) return std::nullopt;
  text << tensor << "[" << at << "]: " << actual[at] << ", expected " << expected[at] << " ("
       << worst / (tolerance * scale) << " times the allowed error)";
  return text.str();
}

}  // namespace node_cudnn::fuzz
