#include "backend.h"

#include <map>
#include <mutex>
#include <utility>

#include "error.h"

namespace node_cudnn {

namespace {

// Filled while the library loads, and by plugins later on.
struct Factories {
  std::mutex mutex;
  std::map<std::string, BackendFactory, std::less<>> byName;
};

Factories& factories() {
  static Factories all;
  return all;
}

BackendFactory find(std::string_view name) {
  Factories& all = factories();
  const std::lock_guard lock(all.mutex);
  const auto found = all.byName.find(name);
  return found == all.byName.end() ? nullptr : found->second;
}

}  // namespace

std::string_view toString(Work work) {
  switch (work) {
    case Work::Primitive:
      return "primitive";
    case Work::Reorder:
      return "reorder";
    case Work::Elementwise:
      return "elementwise";
    case Work::Loss:
      return "loss";
    case Work::Optimizer:
      return "optimizer";
    case Work::Check:
      break;
  }
  return "check";
}

RegisteredBackend::RegisteredBackend(std::string name, BackendFactory make) {
  registerBackend(std::move(name), make);
}

void registerBackend(std::string name, BackendFactory make) {
  Factories& all = factories();
  const std::lock_guard lock(all.mutex);
  all.byName.emplace(std::move(name), make);
}

std::unique_ptr<Backend> makeBackend(std::string_view name, const Attributes& options) {
  const BackendFactory make = find(name);
  if (make == nullptr) {
    std::string known;
    for (const std::string& other : backendNames()) known += (known.empty() ? "" : ", ") + other;
    throw Error(ErrorCode::Backend, "backend '" + std::string(name) + "'",
                "no such backend in this build; the backends are " + known);
  }
  return make(options);
}

std::vector<std::string> backendNames() {
  Factories& all = factories();
  const std::lock_guard lock(all.mutex);
  std::vector<std::string> names;
  for (const auto& [name, make] : all.byName) names.push_back(name);
  return names;
}

void requireNoOptions(std::string_view backend, const Attributes& options) {
  if (options.values().empty()) return;
  throw Error(ErrorCode::Option, "backend '" + std::string(backend) + "'",
              "takes no options, got '" + options.values().begin()->first + "'");
}

}  // namespace node_cudnn
