// Poolings and upsampling.
#include "../numbers.h"
#include "op_trial.h"

namespace node_cudnn::fuzz {

namespace {

Trial pooling(Random& random, const char* type) {
  OpBuilder builder(random, type);
  const std::int64_t height = random.between(1, 4);
  const std::int64_t width = random.between(1, 4);
  const auto side = [&](std::int64_t size) {
    return static_cast<double>(random.chance(0.4) ? random.below(size) : 0);
  };
  const AttributeValue padding = test::list({side(height), side(height), side(width), side(width)});
  const Shape x{random.batch(), height - 1 + random.length(), width - 1 + random.length(),
                random.channels()};
  const OpBuilder::Value from =
      builder.source(x, random.chance(0.7) ? test::Kind::Distinct : test::Kind::Ties);
  return builder.finish(builder.sink(builder.op(
      {{"poolSize", test::list({static_cast<double>(height), static_cast<double>(width)})},
       {"strides", random.pair(1, 3)},
       {"padding", padding}},
      {from})));
}

Trial globalPooling(Random& random) {
  OpBuilder builder(random, "globalAveragePooling2d");
  const Shape x{random.batch(), random.length(), random.length(), random.channels()};
  return builder.finish(builder.sink(builder.op({}, {builder.source(x)})));
}

Trial upSampling(Random& random) {
  OpBuilder builder(random, "upSampling2d");
  const Shape x{random.batch(), random.between(1, 5), random.between(1, 5), random.channels()};
  const OpBuilder::Value from = builder.source(x);
  return builder.finish(builder.sink(builder.op({{"size", random.pair(1, 4)}}, {from})));
}

const RegisteredGenerators registered{
    {{"maxPooling2d", 2, [](Random& random) { return pooling(random, "maxPooling2d"); }},
     {"averagePooling2d", 2, [](Random& random) { return pooling(random, "averagePooling2d"); }},
     {"globalAveragePooling2d", 1, globalPooling},
     {"upSampling2d", 1, upSampling}}};

}  // namespace

}  // namespace node_cudnn::fuzz
