// Ops that move values: reshape, permute, concatenate.
#include <algorithm>
#include <numeric>

#include "op_trial.h"

namespace node_cudnn::fuzz {

namespace {

Shape anyShape(Random& random, std::int64_t positions) {
  Shape shape{random.batch()};
  for (std::int64_t i = 0; i < positions; ++i) shape.push_back(random.between(1, 6));
  shape.push_back(random.channels());
  return shape;
}

std::vector<double> numbers(const Shape& shape) { return {shape.begin(), shape.end()}; }

Trial reshape(Random& random) {
  OpBuilder builder(random, "reshape");
  const Shape x = anyShape(random, random.below(3));
  Shape y(x.begin() + 1, x.end());
  if (random.chance(0.4)) {
    y = {std::accumulate(y.begin(), y.end(), std::int64_t{1}, std::multiplies<>())};
  } else {
    for (std::size_t i = y.size(); i > 1; --i) {
      std::swap(y[i - 1], y[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    }
    if (random.chance(0.3)) y.insert(y.begin(), 1);
  }
  const OpBuilder::Value from = builder.source(x);
  return builder.finish(builder.sink(builder.op({{"shape", numbers(y)}}, {from})));
}

Trial permute(Random& random) {
  OpBuilder builder(random, "permute");
  const Shape x = anyShape(random, random.between(0, 2));
  Shape dims(x.size() - 1);
  std::iota(dims.begin(), dims.end(), 1);
  for (std::size_t i = dims.size(); i > 1; --i) {
    std::swap(dims[i - 1],
              dims[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
  }
  const OpBuilder::Value from = builder.source(x);
  return builder.finish(builder.sink(builder.op({{"dims", numbers(dims)}}, {from})));
}

// Some inputs occur more than once.
Trial concatenate(Random& random) {
  OpBuilder builder(random, "concatenate");
  const Shape shape = anyShape(random, random.below(3));
  const std::int64_t axis = random.between(1, static_cast<std::int64_t>(shape.size()) - 1);
  std::vector<OpBuilder::Value> sources;
  for (std::int64_t i = random.between(1, 4); i > 0; --i) {
    Shape x = shape;
    const bool last = axis + 1 == static_cast<std::int64_t>(shape.size());
    if (random.chance(0.6)) {
      x[static_cast<std::size_t>(axis)] = last ? random.channels() : random.between(1, 5);
    }
    sources.push_back(builder.source(x));
  }
  std::vector<OpBuilder::Value> inputs = sources;
  for (std::int64_t i = random.below(3); i > 0; --i) inputs.push_back(random.pick(sources));
  return builder.finish(builder.sink(builder.op({{"axis", static_cast<double>(axis)}}, inputs)));
}

const RegisteredGenerators registered{
    {{"reshape", 1, reshape}, {"permute", 1, permute}, {"concatenate", 3, concatenate}}};

}  // namespace

}  // namespace node_cudnn::fuzz
