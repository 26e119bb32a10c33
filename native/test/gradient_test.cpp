// Every gradient of the reference against central differences in double precision.
#include <gtest/gtest.h>

#include <cmath>

#include "op_case.h"

namespace node_cudnn::test {

namespace {

constexpr double kStep = 1e-5;
// Rounding of the differences, about 1e-16 / kStep of the sum, and kStep^2 of the third derivative.
constexpr double kTolerance = 2e-8;
// One-sided differences that disagree by more lie on both sides of a kink (ReLU at 0, a maximum
// that changes place); smooth functions disagree by about kStep.
constexpr double kKink = 1e-3;
constexpr std::size_t kElements = 300;  // compared of one tensor

class Gradient : public testing::TestWithParam<OpCase> {
 protected:
  Gradient() : built_(GetParam()), runner_("reference", built_.graph) {
    std::vector<Values> values = built_.values(GetParam());
    outputGradient_ = values.back();
    values.pop_back();
    values_ = std::move(values);
    for (std::size_t i = 0; i < values_.size(); ++i) set(i);
    runner_.set(built_.outputGradient, outputGradient_);
  }

  void set(std::size_t input) {
    if (built_.inputs[input] != kNoTensor) runner_.set(built_.inputs[input], values_[input]);
  }

  void run() {
    runner_.run({.seed = 11, .step = 4, .learningRate = 0, .firstRow = GetParam().firstRow});
  }

  // sum of outputGradient * output: its gradient is what the backward ops compute.
  double objective() {
    run();
    const Values output = runner_.get(built_.output);
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) sum += output[i] * outputGradient_[i];
    return sum;
  }

  double objectiveAt(std::size_t input, std::size_t element, double offset) {
    const double before = values_[input][element];
    values_[input][element] = before + offset;
    set(input);
    const double value = objective();
    values_[input][element] = before;
    set(input);
    return value;
  }

  CaseGraph built_;
  GraphRunner runner_;
  std::vector<Values> values_;
  Values outputGradient_;
};

TEST_P(Gradient, EqualsCentralDifferences) {
  const double middle = objective();
  std::vector<Values> gradients;
  for (const TensorId id : built_.gradients) {
    gradients.push_back(id == kNoTensor ? Values{} : runner_.get(id));
  }
  std::size_t compared = 0, kinks = 0;
  for (std::size_t input = 0; input < gradients.size(); ++input) {
    double scale = 1;
    for (const double gradient : gradients[input]) scale = std::max(scale, std::fabs(gradient));
    // Large tensors by every n-th element, n odd so that it meets every channel.
    const std::size_t stride = gradients[input].size() / kElements | 1;
    for (std::size_t i = 0; i < gradients[input].size(); i += stride) {
      const double above = objectiveAt(input, i, kStep), below = objectiveAt(input, i, -kStep);
      if (std::fabs(above - 2 * middle + below) / kStep > kKink * scale) {
        ++kinks;
        continue;
      }
      ++compared;
      const double tolerance = kTolerance * scale * std::max(1.0, std::fabs(middle) / scale);
      EXPECT_NEAR(gradients[input][i], (above - below) / (2 * kStep), tolerance)
          << GetParam().inputs[input].name << "[" << i << "]";
    }
  }
  EXPECT_GT(compared, 0U);
  EXPECT_LE(kinks, compared / 20) << "too few gradients were compared";
}

TEST_P(Gradient, ReachesEveryInput) {
  for (std::size_t i = 0; i < built_.inputs.size(); ++i) {
    const CaseInput& input = GetParam().inputs[i];
    if (built_.inputs[i] != kNoTensor && input.differentiable) {
      EXPECT_NE(built_.gradients[i], kNoTensor) << input.name;
    }
  }
}

std::vector<OpCase> differentiableCases() {
  std::vector<OpCase> cases = opCases();
  std::erase_if(cases, [](const OpCase& op) { return !op.differentiable; });
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Ops, Gradient, testing::ValuesIn(differentiableCases()),
                         [](const auto& info) { return info.param.op + "_" + info.param.name; });

}  // namespace

}  // namespace node_cudnn::test
