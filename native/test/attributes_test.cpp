#include "core/attributes.h"

#include <gtest/gtest.h>

#include "core/shape.h"
#include "errors.h"
#include "numbers.h"

namespace node_cudnn::test {

namespace {

const Attributes kAttributes{{"rate", 0.5},
                             {"groups", 2.0},
                             {"training", true},
                             {"function", std::string("relu")},
                             {"strides", list({2, 3})}};

TEST(Attributes, GiveWhatWasSet) {
  EXPECT_EQ(kAttributes.number("rate"), 0.5);
  EXPECT_EQ(kAttributes.integer("groups"), 2);
  EXPECT_TRUE(kAttributes.boolean("training"));
  EXPECT_EQ(kAttributes.text("function"), "relu");
  EXPECT_EQ(kAttributes.integers("strides"), (std::vector<std::int64_t>{2, 3}));
  EXPECT_FALSE(kAttributes.has("padding"));
}

TEST(Attributes, FallBackOnlyWhenAbsent) {
  EXPECT_EQ(kAttributes.number("alpha", 0.3), 0.3);
  EXPECT_EQ(kAttributes.number("rate", 0.3), 0.5);
  EXPECT_FALSE(kAttributes.boolean("nesterov", false));
  EXPECT_EQ(kAttributes.integer("k", 5), 5);
  EXPECT_EQ(kAttributes.text("activation", "linear"), "linear");
  EXPECT_EQ(kAttributes.integers("dilations", {1, 1}), (std::vector<std::int64_t>{1, 1}));
  expectError(ErrorCode::Option, {"function"}, [] { kAttributes.number("function", 1); });
}

TEST(Attributes, ErrorsNameTheAttribute) {
  expectError(ErrorCode::Option, {"'alpha'"}, [] { kAttributes.number("alpha"); });
  expectError(ErrorCode::Option, {"'rate'"}, [] { kAttributes.text("rate"); });
  expectError(ErrorCode::Option, {"'training'"}, [] { kAttributes.integer("training"); });
  expectError(ErrorCode::Option, {"'function'"}, [] { kAttributes.integers("function"); });
  expectError(ErrorCode::Option, {"'strides'"}, [] { kAttributes.boolean("strides"); });
}

TEST(Attributes, IntegersAreWhole) {
  expectError(ErrorCode::Option, {"'rate'", "0.5"}, [] { kAttributes.integer("rate"); });
  const Attributes fractions{{"strides", list({1, 1.5})}};
  expectError(ErrorCode::Option, {"'strides'"}, [&] { fractions.integers("strides"); });
  const Attributes huge{{"k", 1e300}};
  expectError(ErrorCode::Option, {"'k'"}, [&] { huge.integer("k"); });
}

TEST(Shapes, CountTheirElements) {
  EXPECT_EQ(elementCount({}), 1);
  EXPECT_EQ(elementCount({2, 3, 4}), 24);
  EXPECT_EQ(elementCount({5, 0}), 0);
  EXPECT_EQ(toString(Shape{32, 227, 227, 3}), "[32,227,227,3]");
}

TEST(Shapes, RefuseWhatCannotBeCounted) {
  const std::int64_t large = std::int64_t{1} << 40;
  expectError(ErrorCode::Shape, {"[1099511627776,1099511627776]"}, [&] {
    elementCount({large, large});
  });
  expectError(ErrorCode::Shape, {"-1"}, [] { elementCount({3, -1}); });
}

}  // namespace

}  // namespace node_cudnn::test
