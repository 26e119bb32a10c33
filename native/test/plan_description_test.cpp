// What a plan's description counts, on a schedule that is written by hand.
#include "core/plan_description.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "core/plan.h"

namespace node_cudnn::test {

namespace {

class Bytes final : public Layout {
 public:
  explicit Bytes(std::size_t bytes) : bytes_(bytes) {}
  std::size_t bytes() const override { return bytes_; }
  std::string text() const override { return "plain"; }
  bool equals(const Layout& other) const override { return other.bytes() == bytes_; }

 private:
  std::size_t bytes_;
};

// Lowers every graph to the same schedule and does nothing else.
class WrittenBackend final : public Backend {
 public:
  explicit WrittenBackend(Schedule schedule) : schedule_(std::move(schedule)) {}

  Schedule lower(const Graph&, std::span<const LayoutPtr>) override { return std::move(schedule_); }
  std::string_view name() const override { return "written"; }
  std::optional<std::string> unsupported(const Graph&, const Op&) const override { return {}; }
  std::unique_ptr<Memory> allocate(std::size_t, std::string_view) override { return nullptr; }
  LayoutPtr plain(const Shape&, ElementType) const override { return nullptr; }
  void write(const Layout&, void*, std::span<const float>) override {}
  void read(const Layout&, const void*, std::span<float>) override {}
  void writeBytes(void*, const void*, std::size_t) override {}
  void readBytes(const void*, void*, std::size_t) override {}
  void feed(const Schedule&, BufferId, const HostRows&, std::int64_t, ElementType, std::int64_t,
            void*) override {}
  void run(Schedule&, std::size_t, std::size_t, const StepState&,
           std::span<const Watched>) override {}
  std::vector<Observation> observe(bool) override { return {}; }
  bool refeed(const Schedule&, const StepState&) override { return false; }

 private:
  Schedule schedule_;
};

class WrittenPlan {
 public:
  // A tensor with a buffer of its own.
  BufferId tensor(const std::string& name, std::size_t bytes) {
    const TensorId id = model_.graph.addTensor({name, {2, 3}});
    const BufferId made = buffer(name, bytes, id);
    schedule_.bufferOfTensor.push_back(made);
    return made;
  }
  BufferId buffer(const std::string& name, std::size_t bytes, TensorId tensor = kNoTensor) {
    schedule_.buffers.push_back({name, std::make_shared<Bytes>(bytes), tensor});
    return static_cast<BufferId>(schedule_.buffers.size()) - 1;
  }
  Buffer& at(BufferId id) { return schedule_.buffers.at(static_cast<std::size_t>(id)); }
  Command& command(std::vector<BufferId> reads, std::vector<BufferId> writes) {
    Command made;
    made.name = "command" + std::to_string(schedule_.commands.size());
    made.reads = std::move(reads);
    made.writes = std::move(writes);
    schedule_.commands.push_back(std::move(made));
    return schedule_.commands.back();
  }
  PlanDescription describe() {
    WrittenBackend backend(std::move(schedule_));
    return describePlan(Plan(backend, std::move(model_), {}));
  }

 private:
  ModelGraph model_;
  Schedule schedule_;
};

TEST(PlanDescription, CountsTensorsOnceAndCopiesAndTemporariesNotAtAllInTheLeast) {
  WrittenPlan plan;
  const BufferId x = plan.tensor("x", 100);
  const BufferId y = plan.tensor("y", 10);
  const BufferId copy = plan.buffer("x (bf16)", 50, plan.at(x).tensor);
  const BufferId temporary = plan.buffer("temporary", 7);
  plan.command({x}, {copy});
  plan.command({x, x}, {temporary});
  plan.command({copy, temporary}, {y});
  const PlanDescription made = plan.describe();
  EXPECT_EQ(made.nonMatrixBytes, (100 + 50) + (100 + 7) + (50 + 7 + 10));
  EXPECT_EQ(made.leastNonMatrixBytes, 50 + 10) << "x is read as its copy";
}

TEST(PlanDescription, TakesTensorsThatShareMemoryForOne) {
  WrittenPlan plan;
  const BufferId x = plan.tensor("x", 100);
  const BufferId reshaped = plan.tensor("reshaped", 100);
  const BufferId y = plan.tensor("y", 10);
  plan.at(reshaped).aliasOf = x;
  plan.command({x}, {y});
  plan.command({reshaped}, {y});
  const PlanDescription made = plan.describe();
  EXPECT_EQ(made.nonMatrixBytes, 220);
  EXPECT_EQ(made.leastNonMatrixBytes, 110);
}

TEST(PlanDescription, TellsMatrixProductsByTheirNodesElseByTheirFlops) {
  WrittenPlan plan;
  const BufferId x = plan.tensor("x", 100);
  const BufferId y = plan.tensor("y", 10);
  const auto add = [&](std::vector<std::string> nodes, Work work, double flops) {
    Command& command = plan.command({x}, {y});
    command.nodes = std::move(nodes);
    command.work = work;
    command.flops = flops;
  };
  add({"convolution backward data", "relu backward"}, Work::Primitive, 0);
  add({"matmul", "add"}, Work::Primitive, 0);
  add({"sum"}, Work::Primitive, 8);  // counts its op's FLOPs, and is no product
  add({}, Work::Primitive, 8);
  add({}, Work::Primitive, 0);
  add({}, Work::Elementwise, 8);
  const PlanDescription made = plan.describe();
  std::vector<bool> matrix;
  for (const CommandDescription& command : made.commands) matrix.push_back(command.matrix);
  EXPECT_EQ(matrix, (std::vector<bool>{true, true, false, true, false, false}));
  EXPECT_EQ(made.nonMatrixBytes, 3 * 110);
  EXPECT_EQ(made.leastNonMatrixBytes, 110);
  EXPECT_EQ(made.bytes, 6 * 110);
  EXPECT_EQ(made.flops, 24);
}

TEST(PlanDescription, SumsLaunchesAndMemory) {
  WrittenPlan plan;
  const BufferId x = plan.tensor("x", 256);
  const BufferId weight = plan.tensor("weight", 64);
  const BufferId again = plan.buffer("weight (copy)", 64);
  plan.at(weight).slot = 3;
  plan.at(again).slot = 3;
  plan.command({x, weight}, {again}).launches = 4;
  plan.command({again}, {x}).scratchBytes = 128;
  const PlanDescription made = plan.describe();
  EXPECT_EQ(made.launches, 5);
  EXPECT_EQ(made.persistentBytes, 64U) << "one slot";
  EXPECT_EQ(made.unsharedBytes, 256U + 128U);
  EXPECT_EQ(made.arenaBytes, 256U + 128U);
}

TEST(PlanDescription, FindsSplitsInDetails) {
  WrittenPlan plan;
  const BufferId x = plan.tensor("x", 4);
  plan.command({x}, {x}).detail = "engine 7, tensor cores; split: no engine: not here";
  plan.command({x}, {x}).detail = "engine 7";
  const PlanDescription made = plan.describe();
  EXPECT_EQ(made.splits, (std::vector<std::string>{"command0: no engine: not here"}));
  EXPECT_EQ(made.commands[0].output, "[2,3] plain");
  EXPECT_EQ(made.commands[0].graphKey, "");
}

TEST(ShortHash, IsFnv1aOf64Bits) {
  EXPECT_EQ(shortHash(""), "cbf29ce484222325");
  EXPECT_EQ(shortHash("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(shortHash("foobar"), "85944171f73967e8");
}

}  // namespace

}  // namespace node_cudnn::test
