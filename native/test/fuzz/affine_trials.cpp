// Convolutions and dense layers.
#include "../numbers.h"
#include "op_trial.h"

namespace node_cudnn::fuzz {

namespace {

std::string activation(Random& random) { return random.chance(0.3) ? "relu" : "linear"; }

Trial convolution(Random& random) {
  OpBuilder builder(random, "conv2d");
  std::int64_t groups = 1;
  std::int64_t perGroup = random.channels();
  std::int64_t filters = random.channels();
  if (random.chance(0.4)) {
    groups = random.pick(std::vector<std::int64_t>{2, 3, 4, 8, 16, 17});
    perGroup = random.pick(std::vector<std::int64_t>{1, 1, 2, 3, 4, 8, 16});
    filters = groups * random.pick(std::vector<std::int64_t>{1, 1, 2, 3, 4, 8, 16});
  }
  const std::int64_t kh = random.between(1, 5);
  const std::int64_t kw = random.chance(0.5) ? kh : random.between(1, 5);
  const std::int64_t dh = random.chance(0.3) ? random.between(1, 3) : 1;
  const std::int64_t dw = random.chance(0.3) ? random.between(1, 3) : 1;
  const auto side = [&](std::int64_t size) {
    return static_cast<double>(random.chance(0.5) ? random.below(size) : size / 2);
  };
  const AttributeValue padding = test::list({side(kh), side(kh), side(kw), side(kw)});
  const Shape x{random.batch(), (kh - 1) * dh + random.length(), (kw - 1) * dw + random.length(),
                perGroup * groups};
  const AttributeValue strides =
      random.chance(0.5) ? AttributeValue(std::vector<double>{1, 1}) : random.pair(1, 4);
  const OpBuilder::Value from = builder.source(x);
  const OpBuilder::Value kernel = builder.weight("kernel", {kh, kw, perGroup, filters});
  const OpBuilder::Value bias =
      random.chance(0.7) ? builder.weight("bias", {filters}) : OpBuilder::kAbsent;
  return builder.finish(builder.sink(
      builder.op({{"strides", strides},
                  {"padding", padding},
                  {"dilations", test::list({static_cast<double>(dh), static_cast<double>(dw)})},
                  {"groups", static_cast<double>(groups)},
                  {"activation", activation(random)}},
                 {from, kernel, bias})));
}

Trial dense(Random& random) {
  OpBuilder builder(random, "dense");
  Shape x{random.batch()};
  const std::int64_t positions = random.pick(std::vector<std::int64_t>{0, 0, 0, 1, 2});
  for (std::int64_t i = 0; i < positions; ++i) x.push_back(random.between(1, 5));
  x.push_back(random.chance(0.2) ? random.between(1, 600) : random.channels());
  const std::int64_t units = random.channels();
  const OpBuilder::Value from = builder.source(x);
  const OpBuilder::Value kernel = builder.weight("kernel", {x.back(), units});
  const OpBuilder::Value bias =
      random.chance(0.7) ? builder.weight("bias", {units}) : OpBuilder::kAbsent;
  return builder.finish(
      builder.sink(builder.op({{"activation", activation(random)}}, {from, kernel, bias})));
}

const RegisteredGenerators registered{{{"conv2d", 6, convolution}, {"dense", 2, dense}}};

}  // namespace

}  // namespace node_cudnn::fuzz
