#include "closeness.h"

#include <algorithm>
#include <cmath>

namespace node_cudnn::test {

testing::AssertionResult isClose(const std::string& tensor, const Values& actual,
                                 const Values& expected, double tolerance) {
  if (actual.size() != expected.size()) {
    return testing::AssertionFailure()
           << tensor << ": " << actual.size() << " values, expected " << expected.size();
  }
  double scale = 0, worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    scale = std::max(scale, std::fabs(expected[i]));
    const double error = std::fabs(actual[i] - expected[i]);
    if (error > worst || std::isnan(error)) {
      worst = error;
      at = i;
      if (std::isnan(error)) break;
    }
  }
  if (worst <= tolerance * scale) return testing::AssertionSuccess();
  return testing::AssertionFailure() << tensor << "[" << at << "]: " << actual[at] << ", expected "
                                     << expected[at] << " (" << 100 * worst / (tolerance * scale)
                                     << " % of the allowed error " << tolerance * scale << ")";
}

}  // namespace node_cudnn::test
