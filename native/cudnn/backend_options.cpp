#include "backend_options.h"

#include <array>
#include <cmath>
#include <sstream>
#include <string_view>

#include "core/error.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::array<std::string_view, 7> kNames{"device",      "deviceProperties", "precision",
                                                 "memoryLimit", "workspaceLimit",   "autotune",
                                                 "planCache"};

constexpr double kMostBytes = 9007199254740992;  // 2^53: whole numbers end here
constexpr double kMostCount = 1000000;

[[noreturn]] void refuse(const std::string& name, const std::string& message) {
  throw Error(ErrorCode::Option, "backend 'cuda', option '" + name + "'", message);
}

void requireKnown(const Attributes& options) {
  for (const auto& [name, value] : options.values()) {
    bool known = false;
    std::string names;
    for (const std::string_view other : kNames) {
      known = known || name == other;
      names.append(names.empty() ? "" : ", ").append(other);
    }
    if (!known) refuse(name, "there is no such option; the options are " + names);
  }
}

double wholeNumber(const Attributes& options, const std::string& name, double fallback,
                   double most) {
  const double value = options.number(name, fallback);
  if (!(value >= 0 && value <= most && value == std::floor(value))) {
    std::ostringstream message;
    message << "expected a whole number from 0 to " << static_cast<std::int64_t>(most) << ", got "
            << value;
    refuse(name, message.str());
  }
  return value;
}

}  // namespace

BackendOptions::BackendOptions(const Attributes& options) {
  requireKnown(options);
  device = static_cast<int>(wholeNumber(options, "device", 0, kMostCount));
  properties = options.text("deviceProperties", "");
  memoryLimit = static_cast<std::size_t>(wholeNumber(options, "memoryLimit", 0, kMostBytes));
  planner.precision = precisionOf(options.text("precision", "tf32"));
  planner.workspaceLimit = static_cast<std::size_t>(wholeNumber(
      options, "workspaceLimit", static_cast<double>(planner.workspaceLimit), kMostBytes));
  planner.autotune = static_cast<int>(wholeNumber(options, "autotune", 0, kMostCount));
  planner.cacheFolder = options.text("planCache", "");
  if (options.has("deviceProperties") && properties.empty()) {
    refuse("deviceProperties", "expected cuDNN's JSON representation of a device, got nothing");
  }
  if (!properties.empty() && planner.autotune > 0) {
    refuse("autotune", "candidates are timed on a device; leave out 'deviceProperties'");
  }
}

}  // namespace node_cudnn::cudnn
