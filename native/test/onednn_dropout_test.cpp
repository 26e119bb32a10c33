// Dropout where the CPU backend keeps images blocked by channels: the mask is still that of the
// row-major order.
#include <gtest/gtest.h>

#include "core/op.h"
#include "core/philox.h"
#include "graph_runner.h"
#include "values.h"

namespace node_cudnn::test {

namespace {

// A convolution to `channels` channels that is to be trained leaves its output blocked where the
// CPU has such kernels.
void expectRowMajorMask(std::int64_t channels) {
  const Shape image{2, 5, 3, 3};
  const Shape kernelShape{3, 3, 3, channels};
  Graph graph;
  const TensorId x = graph.addTensor({"x", image, ElementType::Float, Role::Input});
  const TensorId kernel = graph.addTensor({"kernel", kernelShape, ElementType::Float, Role::Input});
  const std::vector<double> ones{1, 1};
  const TensorId y = graph
                         .add("conv2d", "conv", {x, kernel},
                              {{"strides", ones},
                               {"padding", std::vector<double>{1, 1, 1, 1}},
                               {"dilations", ones},
                               {"groups", 1.0}})
                         .outputs[0];
  const Attributes attributes{{"rate", 0.3}, {"stream", 5.0}};
  const TensorId z = graph.add("dropout", "drop", {y}, attributes).outputs[0];
  const TensorId twice =
      graph.add("dropoutBackward", "drop/backward", {z}, attributes, Phase::Backward).outputs[0];
  graph.results = {y, z, twice};
  GraphRunner runner("cpu", graph);
  runner.set(x, makeValues(image, Kind::Normal, 1));
  runner.set(kernel, makeValues(kernelShape, Kind::Normal, 2));
  const StepState state{.seed = 9, .step = 2, .learningRate = 0, .firstRow = 3};
  runner.run(state);
  const Values before = runner.get(y);
  const Values after = runner.get(z);
  const Values masked = runner.get(twice);
  const std::uint64_t first = 3 * static_cast<std::uint64_t>(5 * 3 * channels);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::uint64_t element = first + i;
    const bool kept = uniform(philox(9, 5, 2, element / 4)[element % 4]) >= 0.3;
    const float scale = kept ? static_cast<float>(1 / 0.7) : 0.0F;
    const float expected = static_cast<float>(before[i]) * scale;
    ASSERT_EQ(after[i], expected) << "channels " << channels << ", element " << i;
    ASSERT_EQ(masked[i], expected * scale) << "channels " << channels << ", element " << i;
  }
}

TEST(OnednnDropout, MasksWholeBlocks) { expectRowMajorMask(32); }

TEST(OnednnDropout, MasksPaddedBlocks) { expectRowMajorMask(20); }

TEST(OnednnDropout, MasksChannelsThatSplitPhiloxBlocks) { expectRowMajorMask(18); }

}  // namespace

}  // namespace node_cudnn::test
