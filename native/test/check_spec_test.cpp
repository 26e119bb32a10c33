// What a specification must hold: everything that the seam hands over is checked before an op, a
// backend or a library sees it.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/op.h"
#include "errors.h"
#include "numbers.h"
#include "small_model.h"

namespace node_cudnn::test {

namespace {

OpSpec opOf(const std::string& type, std::vector<std::int32_t> inputs, Attributes attributes = {},
            std::vector<std::int32_t> weights = {}) {
  return {type, "layer", std::move(inputs), std::move(weights), std::move(attributes)};
}

// A model of one input [6,5,4], the weights 0: [4] and 1: [4,3], and one op.
ModelSpec modelOf(OpSpec op) {
  ModelSpec spec;
  spec.inputs = {{"x", {6, 5, 4}}};
  spec.weights = {{"a/scale", {4}, {}, true, 0, 0}, {"a/kernel", {4, 3}, {}, true, 0, 0}};
  spec.ops = {std::move(op)};
  spec.outputs = {1};
  return spec;
}

void expectRefused(ErrorCode code, const std::vector<std::string>& words, const ModelSpec& spec) {
  expectError(code, words, [&] { Program program(spec); });
}

void expectRefused(const std::vector<std::string>& words, const OpSpec& op) {
  expectRefused(ErrorCode::Option, words, modelOf(op));
}

TEST(CheckSpec, ModelsMayNotNameTheCoresOwnOps) {
  for (const std::string& type : opTypes()) {
    if (findOp(type).use == OpUse::Model) continue;
    expectRefused({type + " 'layer'", "no op for models", "conv2d"}, opOf(type, {0}));
  }
}

TEST(CheckSpec, OpsTakeTheirNumberOfInputsAndWeights) {
  expectRefused({"add 'layer'", "at least 2 inputs, got 0"}, opOf("add", {}));
  expectRefused({"concatenate 'layer'", "at least 2 inputs, got 1"},
                opOf("concatenate", {0}, {{"axis", 1.0}}));
  expectRefused({"expected 1 input, got 2"}, opOf("softmax", {0, 0}));
  expectRefused({"expected 1 input, got 0"}, opOf("dropout", {}, {{"rate", 0.5}}));
  expectRefused({"dense 'layer'", "weight 0 is missing"}, opOf("dense", {0}));
  expectRefused({"weight 0 is missing"}, opOf("dense", {0}, {}, {-1, 0}));
  expectRefused({"weight 3 is missing"},
                opOf("batchNormalization", {0}, {{"epsilon", 0.1}}, {-1, -1, 0}));
  expectRefused({"at most 0 weights, got 1"}, opOf("softmax", {0}, {}, {0}));
}

TEST(CheckSpec, IdsAreThereAndComeBefore) {
  for (const std::int32_t id : {-1, 1, 2, std::numeric_limits<std::int32_t>::max()}) {
    expectRefused({"softmax 'layer'", "input " + std::to_string(id)}, opOf("softmax", {id}));
  }
  for (const std::int32_t index : {-2, 2, std::numeric_limits<std::int32_t>::min()}) {
    expectRefused({"weight " + std::to_string(index)}, opOf("dense", {0}, {}, {index}));
  }
  for (const std::int32_t output : {-1, 2}) {
    ModelSpec spec = modelOf(opOf("softmax", {0}));
    spec.outputs = {output};
    expectRefused(ErrorCode::Option, {"output " + std::to_string(output)}, spec);
  }
}

TEST(CheckSpec, AModelHasInputsOutputsAndDistinctWeights) {
  ModelSpec spec = modelOf(opOf("softmax", {0}));
  spec.outputs.clear();
  expectRefused(ErrorCode::Option, {"no outputs"}, spec);
  spec = modelOf(opOf("softmax", {0}));
  spec.inputs.clear();
  expectRefused(ErrorCode::Option, {"no inputs"}, spec);
  spec = modelOf(opOf("softmax", {0}));
  spec.weights[1].name = spec.weights[0].name;
  expectRefused(ErrorCode::Option, {"a/scale", "twice"}, spec);
}

TEST(CheckSpec, SizesAreBounded) {
  for (const Shape& shape : {Shape{0}, Shape{-1}, Shape{kLongestAxis + 1}, Shape(12, 1)}) {
    ModelSpec spec = modelOf(opOf("softmax", {0}));
    spec.inputs[0].shape = shape;
    expectRefused(ErrorCode::Shape, {toString(shape).substr(1, 1)}, spec);
  }
  ModelSpec spec = modelOf(opOf("softmax", {0}));
  spec.inputs[0].shape = Shape(3, std::int64_t{1} << 20);
  expectRefused(ErrorCode::OutOfMemory, {"elements"}, spec);
  spec = modelOf(opOf("upSampling2d", {0}, {{"size", list({16777216, 16777216})}}));
  expectRefused(ErrorCode::OutOfMemory, {"upSampling2d 'layer'"}, spec);
}

TEST(CheckSpec, AttributesAreBounded) {
  const double nan = std::nan("");
  const Attributes pool{{"strides", list({1, 1})}, {"padding", list({0, 0, 0, 0})}};
  for (const double size : {0.0, -1.0, 1.5, 1073741824.0, 0x1p60, nan}) {
    Attributes attributes = pool;
    attributes.set("poolSize", list({2, size}));
    expectRefused({"poolSize"}, opOf("maxPooling2d", {0}, attributes));
    expectRefused({"size"}, opOf("upSampling2d", {0}, {{"size", list({1, size})}}));
  }
  for (const double padding : {-1.0, 16385.0, 1073741823.0, 0x1p53}) {
    Attributes attributes = pool;
    attributes.set("poolSize", list({1, 1048576}));
    attributes.set("padding", list({0, 0, 0, padding}));
    expectRefused({"padding"}, opOf("averagePooling2d", {0}, attributes));
  }
  for (const double stream : {-1.0, 0.5, 4294967296.0, nan}) {
    ModelSpec spec = modelOf(opOf("dropout", {0}, {{"rate", 0.5}, {"stream", stream}}));
    Program program(spec);
    expectError(ErrorCode::Option, {"dropout 'layer'", "stream"}, [&] {
      program.configureTraining(trainingWith(momentumSgd(), "meanSquaredError"));
    });
  }
  const Attributes lrn{{"depthRadius", 1073741824.0}, {"bias", 1.0}, {"alpha", 1.0}, {"beta", 1.0}};
  expectRefused({"depthRadius"}, opOf("localResponseNormalization", {0}, lrn));
  expectRefused({"activation"}, opOf("dense", {0}, {{"activation", "tanh"}}, {1}));
}

TEST(CheckSpec, TrainingNamesMetricsAndOptimizers) {
  Program program(smallDense("reference"));
  const auto expectTrainingRefused = [&](const std::vector<std::string>& words,
                                         const TrainingSpec& training) {
    expectError(ErrorCode::Option, words, [&] { program.configureTraining(training); });
  };
  for (const char* type : {"conv2d", "gradientNorm", "meanSquaredError"}) {
    expectTrainingRefused({type, "no optimizer", "sgd"}, trainingWith({type, {}}));
  }
  for (const char* type : {"sgd", "add", "penalty"}) {
    TrainingSpec training = trainingWith(momentumSgd());
    training.metrics = {{type, 0, {}, false}};
    expectTrainingRefused({type, "no metric"}, training);
  }
  TrainingSpec training = trainingWith(momentumSgd());
  training.metrics = {{"sparseCategoricalAccuracy", 1, {}, false}};
  expectTrainingRefused({"output 1"}, training);
  training.metrics = {{"topKCategoricalAccuracy", 0, {{"k", 0.0}}, false}};
  expectTrainingRefused({"k must be at least 1"}, training);
}

TEST(CheckSpec, BatchSizesAreBounded) {
  Program program(smallDense("reference"));
  program.configureTraining(trainingWith(momentumSgd()));
  for (const std::int64_t size :
       {std::int64_t{0}, std::int64_t{-1}, kLongestAxis + 1, std::int64_t{1} << 32,
        std::numeric_limits<std::int64_t>::max()}) {
    expectError(ErrorCode::Option, {"batchSize", std::to_string(size)},
                [&] { program.explain(Mode::Train, size); });
  }
}

}  // namespace

}  // namespace node_cudnn::test
