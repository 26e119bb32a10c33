// Places every arena buffer and every command's scratch space by liveness: buffers whose lifetimes
// do not meet share addresses.
#include <algorithm>
#include <numeric>
#include <vector>

#include "../backend.h"
#include "../error.h"

namespace node_cudnn {

namespace {

constexpr std::size_t kAlignment = 128;
constexpr int kUnused = -2;

// Buffers that lie at one address: aliases, and results written over an input that dies.
struct Group {
  int first = kUnused;  // command index; -1: filled by the host before the first command
  int last = kUnused;
  std::size_t bytes = 0;
  std::size_t offset = 0;
  bool persistent = false;

  bool meets(const Group& other) const { return first <= other.last && other.first <= last; }
};

class Planner {
 public:
  explicit Planner(Schedule& schedule)
      : schedule_(schedule),
        parent_(schedule.buffers.size() + schedule.commands.size()),
        groups_(parent_.size()) {
    std::iota(parent_.begin(), parent_.end(), 0);
  }

  void run(const std::vector<TensorId>& results) {
    collectAliases();
    findLifetimes(results);
    addScratch();
    shareInPlace();
    place();
  }

 private:
  std::size_t root(BufferId buffer) const {
    auto index = static_cast<std::size_t>(buffer);
    while (parent_[index] != index) index = parent_[index];
    return index;
  }

  void join(BufferId child, BufferId into) {
    const std::size_t from = root(child);
    const std::size_t to = root(into);
    if (from == to) return;
    parent_[from] = to;
    Group& group = groups_[to];
    const Group& other = groups_[from];
    group.bytes = std::max(group.bytes, other.bytes);
    group.persistent |= other.persistent;
    if (other.first == kUnused) return;
    group.first = group.first == kUnused ? other.first : std::min(group.first, other.first);
    group.last = std::max(group.last, other.last);
  }

  void collectAliases() {
    for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
      const Buffer& buffer = schedule_.buffers[i];
      groups_[i].bytes = buffer.layout->bytes();
      groups_[i].persistent = buffer.slot >= 0 || buffer.constant;
    }
    for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
      if (schedule_.buffers[i].aliasOf >= 0) {
        join(static_cast<BufferId>(i), schedule_.buffers[i].aliasOf);
      }
    }
  }

  void touch(BufferId buffer, int command, bool written) {
    Group& group = groups_[root(buffer)];
    if (group.first == kUnused) group.first = written ? command : -1;
    group.last = std::max(group.last, command);
  }

  void findLifetimes(const std::vector<TensorId>& results) {
    int index = 0;
    for (const Command& command : schedule_.commands) {
      for (const BufferId buffer : command.reads) touch(buffer, index, false);
      for (const BufferId buffer : command.writes) touch(buffer, index, true);
      ++index;
    }
    for (const TensorId result : results) {
      const BufferId buffer = schedule_.bufferOfTensor[static_cast<std::size_t>(result)];
      if (buffer >= 0) touch(buffer, index, false);
    }
  }

  std::size_t scratchGroup(std::size_t command) const { return schedule_.buffers.size() + command; }

  void addScratch() {
    for (std::size_t i = 0; i < schedule_.commands.size(); ++i) {
      const std::size_t bytes = schedule_.commands[i].scratchBytes;
      if (bytes == 0) continue;
      const int index = static_cast<int>(i);
      groups_[scratchGroup(i)] = {.first = index, .last = index, .bytes = bytes};
    }
  }

  // A kernel may read one operand after it has written in place of another: memory that it reads
  // through two operands is not to be written over.
  bool readsOnce(const Command& command, std::size_t group) const {
    return std::ranges::count_if(command.reads,
                                 [&](BufferId read) { return root(read) == group; }) == 1;
  }

  void shareInPlace() {
    int index = 0;
    for (const Command& command : schedule_.commands) {
      std::vector<std::size_t> taken;  // by another result of this command
      for (const auto& [written, read] : command.mayShare) {
        const std::size_t target = root(read);
        const Group& to = groups_[target];
        const Group& from = groups_[root(written)];
        const bool dies = to.last == index && from.first == index;
        const bool free = std::ranges::find(taken, target) == taken.end();
        if (dies && free && readsOnce(command, target) && !to.persistent && !from.persistent &&
            from.bytes <= to.bytes) {
          join(written, read);
          taken.push_back(target);
        }
      }
      ++index;
    }
  }

  // Largest first, each at the lowest offset that is free during its lifetime.
  void place() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      Group& group = groups_[i];
      if (parent_[i] != i || group.persistent) continue;
      // The host may fill a buffer that no command reads.
      if (group.first == kUnused) group.first = group.last = -1;
      order.push_back(i);
    }
    std::ranges::stable_sort(
        order, [&](std::size_t a, std::size_t b) { return groups_[a].bytes > groups_[b].bytes; });
    std::vector<std::size_t> placed;
    for (const std::size_t index : order) {
      Group& group = groups_[index];
      group.offset = lowestFree(group, placed);
      schedule_.arenaBytes = std::max(schedule_.arenaBytes, group.offset + group.bytes);
      const auto position = std::ranges::upper_bound(
          placed, group.offset, {}, [&](std::size_t i) { return groups_[i].offset; });
      placed.insert(position, index);
    }
    for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
      schedule_.buffers[i].offset = groups_[root(static_cast<BufferId>(i))].offset;
    }
    for (std::size_t i = 0; i < schedule_.commands.size(); ++i) {
      schedule_.commands[i].scratchOffset = groups_[scratchGroup(i)].offset;
    }
  }

  // `placed` is sorted by offset.
  std::size_t lowestFree(const Group& group, const std::vector<std::size_t>& placed) const {
    std::size_t offset = 0;
    for (const std::size_t index : placed) {
      const Group& other = groups_[index];
      if (!group.meets(other)) continue;
      if (offset + group.bytes <= other.offset) break;
      const std::size_t end = other.offset + other.bytes;
      offset = std::max(offset, (end + kAlignment - 1) / kAlignment * kAlignment);
    }
    return offset;
  }

  Schedule& schedule_;
  std::vector<std::size_t> parent_;
  std::vector<Group> groups_;
};

}  // namespace

void planMemory(Schedule& schedule, const std::vector<TensorId>& results) {
  schedule.arenaBytes = 0;
  Planner(schedule).run(results);
}

}  // namespace node_cudnn
