#include "../op_case.h"

namespace node_cudnn::test {

namespace {

OpCase activation(const std::string& function, std::string name, Shape x, double alpha = 1) {
  return {function + std::move(name),
          "activation",
          {{"x", std::move(x)}},
          single("activation", {{"function", function}, {"alpha", alpha}})};
}

std::vector<OpCase> activations() {
  std::vector<OpCase> all;
  for (const char* function :
       {"relu", "leakyRelu", "elu", "sigmoid", "tanh", "softplus", "linear"}) {
    all.push_back(activation(function, "Image", {2, 3, 4, 5}, 0.3));
    all.push_back(activation(function, "Row", {1, 17}, 0.3));
  }
  all.push_back(activation("leakyRelu", "AlphaZero", {2, 9}, 0));
  all.push_back(activation("leakyRelu", "AlphaAboveOne", {2, 9}, 1.5));
  all.push_back(activation("elu", "AlphaOne", {2, 3, 2, 4}, 1));
  all.push_back(activation("elu", "AlphaZero", {2, 9}, 0));
  return all;
}

const RegisteredCases activationCases{activations()};

OpCase same(const char* op, std::string name, Shape x, Attributes attributes = {},
            std::uint64_t firstRow = 0) {
  return {std::move(name), op, {{"x", std::move(x)}}, single(op, std::move(attributes)), firstRow};
}

const RegisteredCases softmax{{
    same("softmax", "Row", {3, 7}),
    same("softmax", "OneClass", {3, 1}),
    same("softmax", "Batch1WholeBlock", {1, 16}),
    same("softmax", "Positions", {2, 3, 5}),
    same("softmax", "Image", {2, 3, 4, 5}),
}};

const RegisteredCases dropout{{
    same("dropout", "Half", {4, 21}, {{"rate", 0.5}, {"stream", 3.0}}),
    same("dropout", "Fifth", {2, 3, 5, 7}, {{"rate", 0.2}, {"stream", 0.0}}),
    same("dropout", "None", {2, 9}, {{"rate", 0.0}, {"stream", 1.0}}),
    same("dropout", "All", {2, 9}, {{"rate", 1.0}, {"stream", 1.0}}),
    same("dropout", "LaterRows", {3, 7}, {{"rate", 0.5}, {"stream", 3.0}}, 5),
    same("dropout", "WholeBlocks", {2, 2, 3, 32}, {{"rate", 0.4}, {"stream", 9.0}}),
}};

const RegisteredCases rescaling{{
    same("rescaling", "Pixels", {2, 3, 4, 3}, {{"scale", 1 / 255.0}, {"offset", -0.5}}),
    same("rescaling", "Negative", {3, 5}, {{"scale", -2.0}, {"offset", 0.0}}),
}};

}  // namespace

}  // namespace node_cudnn::test
