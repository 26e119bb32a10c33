#include "../op_case.h"

namespace node_cudnn::test {

namespace {

OpCase lrn(std::string name, Shape x, double radius, double bias, double alpha, double beta) {
  return {std::move(name),
          "localResponseNormalization",
          {{"x", std::move(x)}},
          single("localResponseNormalization",
                 {{"depthRadius", radius}, {"bias", bias}, {"alpha", alpha}, {"beta", beta}})};
}

const RegisteredCases local{{
    lrn("Paper", {2, 3, 4, 16}, 2, 2, 1e-4, 0.75),
    lrn("TensorFlowDefaults", {2, 3, 2, 19}, 5, 1, 1, 0.5),
    lrn("StrongAlpha", {2, 3, 2, 7}, 2, 1, 0.5, 0.75),
    lrn("WindowLargerThanChannels", {1, 2, 3, 4}, 5, 1, 0.3, 0.75),
    lrn("RadiusZero", {2, 2, 3, 5}, 0, 1, 0.4, 0.5),
    lrn("RadiusZeroInWholeBlocks", {2, 2, 3, 16}, 0, 1, 0.4, 0.75),
    lrn("OneChannel", {2, 3, 2, 1}, 2, 2, 0.2, 0.75),
    lrn("UnevenVectors", {1, 1, 1, 17}, 3, 1, 1, 0.75),
    lrn("UnevenVectorsWideWindow", {2, 3, 2, 40}, 5, 1, 1, 0.5),
    lrn("WholeBlocks", {2, 3, 2, 32}, 2, 1, 0.1, 0.75),
}};

OpCase batch(std::string name, Shape x, bool training, bool scale = true, bool center = true,
             double epsilon = 1e-3) {
  const Shape channels{x.back()};
  return {std::move(name),
          "batchNormalization",
          {{"x", std::move(x)},
           {"gamma", scale ? channels : Shape{}, Role::Weight, Kind::Positive},
           {"beta", center ? channels : Shape{}, Role::Weight},
           {"movingMean", channels, Role::Weight, Kind::Normal, false},
           {"movingVariance", channels, Role::Weight, Kind::Positive, false}},
          [=](Graph& graph, const std::vector<TensorId>& inputs) {
            const std::vector<int> unwanted = training ? std::vector<int>{} : std::vector{1, 2};
            return graph
                .add("batchNormalization", "batchNormalization", inputs,
                     {{"epsilon", epsilon}, {"training", training}, {"momentum", 0.99}},
                     Phase::Forward, unwanted)
                .outputs[0];
          }};
}

// Behind it a convolution, through which both results show.
OpCase folded(std::string name, const Shape& kernel, bool bias, bool scale, bool center) {
  const Shape channels{kernel.back()};
  return {std::move(name),
          "foldBatchNormalization",
          {{"x", {2, 4, 3, kernel[2]}},
           {"kernel", kernel, Role::Weight, Kind::Normal, false},
           {"bias", bias ? channels : Shape{}, Role::Weight, Kind::Normal, false},
           {"gamma", scale ? channels : Shape{}, Role::Weight, Kind::Positive, false},
           {"beta", center ? channels : Shape{}, Role::Weight, Kind::Normal, false},
           {"movingMean", channels, Role::Weight, Kind::Normal, false},
           {"movingVariance", channels, Role::Weight, Kind::Positive, false}},
          [](Graph& graph, const std::vector<TensorId>& inputs) {
            const std::vector<TensorId> made =
                graph
                    .add("foldBatchNormalization", "fold", {inputs.begin() + 1, inputs.end()},
                         {{"epsilon", 1e-3}})
                    .outputs;
            return graph
                .add("conv2d", "conv2d", {inputs[0], made[0], made[1]},
                     {{"strides", std::vector<double>{1, 1}}})
                .outputs[0];
          }};
}

const RegisteredCases foldedCases{{
    folded("Whole", {3, 2, 5, 7}, true, true, true),
    folded("WithoutBias", {2, 2, 16, 32}, false, true, true),
    folded("WithoutScale", {1, 1, 3, 19}, true, false, true),
    folded("WithoutCenter", {1, 3, 4, 1}, true, true, false),
    folded("Bare", {1, 1, 17, 16}, false, false, false),
}};

const RegisteredCases batchCases{{
    batch("TrainingImages", {3, 4, 5, 6}, true),
    batch("TrainingRows", {6, 5}, true),
    batch("TrainingWholeBlocks", {2, 3, 4, 16}, true),
    batch("TrainingUnevenBlocks", {2, 3, 4, 19}, true),
    batch("TrainingOneChannel", {3, 4, 2, 1}, true),
    batch("TrainingBatch1", {1, 4, 5, 3}, true),
    batch("TrainingWithoutScale", {3, 2, 3, 4}, true, false, true),
    batch("TrainingWithoutCenter", {3, 2, 3, 4}, true, true, false),
    batch("TrainingBare", {4, 3, 2, 4}, true, false, false),
    batch("TrainingLargeEpsilon", {4, 3, 2, 4}, true, true, true, 0.5),
    batch("TrainingPositions", {3, 4, 5}, true),
    batch("Inference", {2, 4, 5, 6}, false),
    batch("InferenceRows", {4, 5}, false),
    batch("InferenceBatch1", {1, 1, 1, 3}, false),
    batch("InferenceBare", {2, 3, 2, 4}, false, false, false),
    batch("InferenceWithoutScale", {2, 3, 2, 4}, false, false, true),
    batch("InferenceWithoutCenter", {2, 3, 2, 4}, false, true, false),
}};

}  // namespace

}  // namespace node_cudnn::test
