#include "attributes.h"

#include <cmath>

#include "error.h"

namespace node_cudnn {

namespace {

template <typename T>
const T& get(const std::map<std::string, AttributeValue>& values, const std::string& name,
             const char* expected) {
  const auto found = values.find(name);
  if (found == values.end()) {
    throw Error(ErrorCode::Option, "attribute '" + name + "'", "is missing");
  }
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) {
    throw Error(ErrorCode::Option, "attribute '" + name + "'",
                std::string("expected ") + expected + ", got another type");
  }
  return *value;
}

std::int64_t whole(const std::string& name, double value) {
  if (std::floor(value) != value || std::abs(value) > 0x1p53) {
    throw Error(ErrorCode::Option, "attribute '" + name + "'",
                "expected a whole number, got " + std::to_string(value));
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace

bool Attributes::boolean(const std::string& name) const {
  return get<bool>(values_, name, "true or false");
}

bool Attributes::boolean(const std::string& name, bool fallback) const {
  return has(name) ? boolean(name) : fallback;
}

double Attributes::number(const std::string& name) const {
  return get<double>(values_, name, "a number");
}

double Attributes::number(const std::string& name, double fallback) const {
  return has(name) ? number(name) : fallback;
}

std::int64_t Attributes::integer(const std::string& name) const {
  return whole(name, number(name));
}

std::int64_t Attributes::integer(const std::string& name, std::int64_t fallback) const {
  return has(name) ? integer(name) : fallback;
}

const std::string& Attributes::text(const std::string& name) const {
  return get<std::string>(values_, name, "a text");
}

std::string Attributes::text(const std::string& name, const std::string& fallback) const {
  return has(name) ? text(name) : fallback;
}

std::vector<std::int64_t> Attributes::integers(const std::string& name) const {
  std::vector<std::int64_t> result;
  for (const double value : get<std::vector<double>>(values_, name, "a list of numbers")) {
    result.push_back(whole(name, value));
  }
  return result;
}

std::vector<std::int64_t> Attributes::integers(const std::string& name,
                                               std::vector<std::int64_t> fallback) const {
  return has(name) ? integers(name) : std::move(fallback);
}

}  // namespace node_cudnn
