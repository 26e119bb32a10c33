// planMemory on random schedules: no two buffers that live at once overlap.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "core/backend.h"

namespace node_cudnn::test {

namespace {

class Bytes : public Layout {
 public:
  explicit Bytes(std::size_t bytes) : bytes_(bytes) {}
  std::size_t bytes() const override { return bytes_; }
  std::string text() const override { return "bytes"; }
  bool equals(const Layout& other) const override { return other.bytes() == bytes_; }

 private:
  std::size_t bytes_;
};

struct RandomSchedule {
  Schedule schedule;
  std::vector<TensorId> results;
};

// Every buffer holds the tensor of its own number. Commands read buffers that were fed or written
// before, write new ones, and offer to write over what they read.
RandomSchedule makeSchedule(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  RandomSchedule made;
  Schedule& schedule = made.schedule;
  const auto addBuffer = [&] {
    Buffer buffer;
    const auto id = static_cast<BufferId>(schedule.buffers.size());
    buffer.name = "buffer " + std::to_string(id);
    buffer.layout = std::make_shared<Bytes>(1 + below(5000));
    buffer.tensor = id;
    schedule.buffers.push_back(buffer);
    schedule.bufferOfTensor.push_back(id);
    return id;
  };
  for (std::size_t i = 1 + below(3); i > 0; --i) addBuffer();
  for (std::size_t i = 3 + below(20); i > 0; --i) {
    Command command;
    for (std::size_t reads = 1 + below(3); reads > 0; --reads) {
      command.reads.push_back(static_cast<BufferId>(below(schedule.buffers.size())));
    }
    for (std::size_t writes = 1 + below(2); writes > 0; --writes) {
      command.writes.push_back(addBuffer());
      if (below(2) == 0) command.mayShare.emplace_back(command.writes.back(), command.reads[0]);
    }
    command.scratchBytes = below(1000);
    if (below(6) == 0) {
      Buffer& buffer = schedule.buffers[static_cast<std::size_t>(command.writes[0])];
      buffer.aliasOf = command.reads[0];
      buffer.layout = schedule.buffers[static_cast<std::size_t>(command.reads[0])].layout;
      command.writes.erase(command.writes.begin());
      std::erase_if(command.mayShare,
                    [&](const auto& pair) { return pair.first == buffer.tensor; });
    }
    schedule.commands.push_back(std::move(command));
  }
  made.results.push_back(static_cast<TensorId>(below(schedule.buffers.size())));
  return made;
}

BufferId rootOf(const Schedule& schedule, BufferId id) {
  while (schedule.buffers[static_cast<std::size_t>(id)].aliasOf >= 0) {
    id = schedule.buffers[static_cast<std::size_t>(id)].aliasOf;
  }
  return id;
}

// Plays the schedule on tagged memory: every byte remembers which value was written there last.
// A read, or a result at the end, must find its own value whole.
class Playback {
 public:
  explicit Playback(const Schedule& schedule)
      : schedule_(schedule), owner_(schedule.arenaBytes, -1) {}

  void run(const std::vector<TensorId>& results) {
    for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
      const auto id = static_cast<BufferId>(i);
      if (isFed(id)) write(id);
    }
    for (const Command& command : schedule_.commands) {
      useScratch(command);
      for (const BufferId id : command.reads) expectWhole(id);
      for (const BufferId id : command.writes) write(id);
      for (const BufferId id : command.writes) expectWhole(id);
      expectScratch(command);
    }
    for (const TensorId result : results) expectWhole(result);
  }

 private:
  bool isFed(BufferId id) const {
    return rootOf(schedule_, id) == id &&
           std::ranges::none_of(schedule_.commands, [&](const Command& command) {
             return std::ranges::count(command.writes, id) > 0;
           });
  }

  std::pair<std::size_t, std::size_t> range(BufferId id) const {
    const Buffer& buffer = schedule_.buffers[static_cast<std::size_t>(id)];
    return {buffer.offset, buffer.offset + buffer.layout->bytes()};
  }

  void write(BufferId id) {
    const auto [begin, end] = range(id);
    ASSERT_LE(end, owner_.size()) << "buffer " << id << " leaves the arena";
    for (std::size_t i = begin; i < end; ++i) owner_[i] = rootOf(schedule_, id);
  }

  void useScratch(const Command& command) {
    ASSERT_LE(command.scratchOffset + command.scratchBytes, owner_.size());
    const auto begin = owner_.begin() + static_cast<std::ptrdiff_t>(command.scratchOffset);
    std::fill_n(begin, command.scratchBytes, kScratch);
  }

  void expectScratch(const Command& command) const {
    const auto begin = owner_.begin() + static_cast<std::ptrdiff_t>(command.scratchOffset);
    const auto end = begin + static_cast<std::ptrdiff_t>(command.scratchBytes);
    ASSERT_TRUE(std::all_of(begin, end, [](BufferId owner) { return owner == kScratch; }));
  }

  void expectWhole(BufferId id) const {
    const auto [begin, end] = range(id);
    ASSERT_LE(end, owner_.size());
    for (std::size_t i = begin; i < end; ++i) {
      ASSERT_EQ(owner_[i], rootOf(schedule_, id)) << "buffer " << id << ", byte " << i - begin;
    }
  }

  static constexpr BufferId kScratch = -2;

  const Schedule& schedule_;
  std::vector<BufferId> owner_;
};

TEST(MemoryPlan, NoLiveBufferIsWrittenOver) {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    RandomSchedule made = makeSchedule(seed);
    planMemory(made.schedule, made.results);
    Playback(made.schedule).run(made.results);
    if (HasFatalFailure()) return;
  }
}

TEST(MemoryPlan, OffsetsAreAligned) {
  RandomSchedule made = makeSchedule(7);
  planMemory(made.schedule, made.results);
  for (const Buffer& buffer : made.schedule.buffers) EXPECT_EQ(buffer.offset % 64, 0U);
}

// A chain of equal buffers needs two of them, and one when each may be written over the last.
Schedule chain(int length, bool inPlace) {
  Schedule schedule;
  for (int i = 0; i <= length; ++i) {
    Buffer buffer;
    buffer.layout = std::make_shared<Bytes>(1024);
    buffer.tensor = i;
    schedule.buffers.push_back(buffer);
    schedule.bufferOfTensor.push_back(i);
  }
  for (int i = 0; i < length; ++i) {
    Command command;
    command.reads = {i};
    command.writes = {i + 1};
    if (inPlace) command.mayShare = {{i + 1, i}};
    schedule.commands.push_back(std::move(command));
  }
  return schedule;
}

TEST(MemoryPlan, ScratchTakesMemoryThatNoLiveBufferHas) {
  Schedule schedule = chain(3, false);
  planMemory(schedule, {3});
  const std::size_t withoutScratch = schedule.arenaBytes;
  schedule.commands[1].scratchBytes = 1;
  planMemory(schedule, {3});
  EXPECT_GT(schedule.arenaBytes, withoutScratch);
  EXPECT_EQ(schedule.commands[0].scratchOffset, 0U);
}

TEST(MemoryPlan, SharesWhatNoLongerLives) {
  Schedule apart = chain(20, false);
  planMemory(apart, {20});
  EXPECT_EQ(apart.arenaBytes, 2U * 1024);
  Schedule inPlace = chain(20, true);
  planMemory(inPlace, {20});
  EXPECT_EQ(inPlace.arenaBytes, 1024U);
}

TEST(MemoryPlan, AResultIsNotWrittenOver) {
  Schedule schedule = chain(3, true);
  planMemory(schedule, {1, 3});
  EXPECT_NE(schedule.buffers[1].offset, schedule.buffers[3].offset);
  EXPECT_NE(schedule.buffers[1].offset, schedule.buffers[2].offset);
}

TEST(MemoryPlan, PersistentBuffersTakeNoArena) {
  Schedule schedule = chain(1, true);
  schedule.buffers[0].slot = 0;
  planMemory(schedule, {1});
  EXPECT_EQ(schedule.arenaBytes, 1024U);
}

TEST(MemoryPlan, BuffersThatOnlyTheHostFillsHaveTheirOwnMemory) {
  Schedule schedule = chain(1, false);
  Buffer unread;
  unread.layout = std::make_shared<Bytes>(1024);
  unread.tensor = 2;
  schedule.buffers.push_back(unread);
  schedule.bufferOfTensor.push_back(2);
  planMemory(schedule, {1});
  EXPECT_NE(schedule.buffers[2].offset, schedule.buffers[0].offset);
  EXPECT_LE(schedule.buffers[2].offset + 1024, schedule.arenaBytes);
}

}  // namespace

}  // namespace node_cudnn::test
