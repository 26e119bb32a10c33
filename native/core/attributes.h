// Named options of an op as they cross the seam: booleans, numbers, texts and lists of numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace node_cudnn {

using AttributeValue = std::variant<bool, double, std::string, std::vector<double>>;

class Attributes {
 public:
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<const std::string, AttributeValue>> values)
      : values_(values) {}

  void set(const std::string& name, AttributeValue value) { values_[name] = std::move(value); }
  bool has(const std::string& name) const { return values_.contains(name); }

  // Each getter throws Error(Option) naming the attribute when it is absent or of another type;
  // the overloads with a fallback return it when the attribute is absent.
  bool boolean(const std::string& name) const;
  bool boolean(const std::string& name, bool fallback) const;
  double number(const std::string& name) const;
  double number(const std::string& name, double fallback) const;
  std::int64_t integer(const std::string& name) const;
  std::int64_t integer(const std::string& name, std::int64_t fallback) const;
  const std::string& text(const std::string& name) const;
  std::string text(const std::string& name, const std::string& fallback) const;
  std::vector<std::int64_t> integers(const std::string& name) const;
  std::vector<std::int64_t> integers(const std::string& name,
                                     std::vector<std::int64_t> fallback) const;

  const std::map<std::string, AttributeValue>& values() const { return values_; }

  bool operator==(const Attributes& other) const = default;

 private:
  std::map<std::string, AttributeValue> values_;
};

}  // namespace node_cudnn
