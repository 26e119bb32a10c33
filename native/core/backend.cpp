#include "backend.h"

#include <map>

#include "error.h"

namespace node_cudnn {

namespace {

using Factories = std::map<std::string, std::unique_ptr<Backend> (*)(), std::less<>>;

// Filled while the library loads, read-only afterwards.
Factories& factories() {
  static Factories all;
  return all;
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

RegisteredBackend::RegisteredBackend(std::string name, std::unique_ptr<Backend> (*make)()) {
  factories().emplace(std::move(name), make);
}

std::unique_ptr<Backend> makeBackend(std::string_view name) {
  const auto found = factories().find(name);
  if (found == factories().end()) {
    std::string known;
    for (const std::string& other : backendNames()) known += (known.empty() ? "" : ", ") + other;
    throw Error(ErrorCode::Backend, "backend '" + std::string(name) + "'",
                "no such backend in this build; the backends are " + known);
  }
  return found->second();
}

std::vector<std::string> backendNames() {
  std::vector<std::string> names;
  for (const auto& [name, make] : factories()) names.push_back(name);
  return names;
}

}  // namespace node_cudnn
