#include "rounding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"

namespace node_cudnn::reference {

namespace {

constexpr double kHalfUnit = 0x1p-24;

}  // namespace

double Rounding::rounded(double sum, std::int64_t terms) {
  const double most = kHalfUnit * std::sqrt(std::max(static_cast<double>(terms), 1.0));
  return sum * (1 + std::uniform_real_distribution<double>(-most, most)(random_));
}

double Call::kept(double sum, std::int64_t terms) const {
  return rounding == nullptr ? sum : rounding->rounded(sum, terms);
}

void Rounding::apply(const Operand& written, std::int64_t read) {
  if (!written.present() || written.type != ElementType::Float || written.count == 0) return;
  const double terms = static_cast<double>(read) / static_cast<double>(written.count);
  const double most = kHalfUnit * std::sqrt(std::max(terms, 1.0));
  std::uniform_real_distribution<double> change(-most, most);
  for (std::int64_t i = 0; i < written.count; ++i) written.numbers()[i] *= 1 + change(random_);
}

std::shared_ptr<Rounding> Rounding::fromEnvironment() {
  constexpr const char* kVariable = "NODE_CUDNN_REFERENCE_ROUNDING";
  const char* variable = std::getenv(kVariable);
  if (variable == nullptr || *variable == '\0') return nullptr;
  const std::string_view text = variable;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Error(ErrorCode::Option, kVariable,
                "expected a whole number, got '" + std::string(text) + "'");
  }
  return std::make_shared<Rounding>(seed);
}

}  // namespace node_cudnn::reference
