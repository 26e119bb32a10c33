#include "plan_description.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "plan.h"

namespace node_cudnn {

namespace {

constexpr std::string_view kSplit = "split: ";

// Only matrix products count FLOPs (OpDefinition::flops), so they tell them where no nodes do.
bool isMatrix(const Command& command) {
  if (command.nodes.empty()) return command.work == Work::Primitive && command.flops > 0;
  return std::ranges::any_of(command.nodes, [](const std::string& node) {
    return node == "matmul" || node.starts_with("convolution");
  });
}

class Describer {
 public:
  explicit Describer(const Plan& plan) : plan_(plan), schedule_(plan.schedule()) {}

  PlanDescription run() {
    for (const Command& command : schedule_.commands) add(command);
    description_.constants = schedule_.constants;
    description_.arenaBytes = schedule_.arenaBytes;
    addMemory();
    description_.leastNonMatrixBytes = sum(read_) + sum(written_);
    return std::move(description_);
  }

 private:
  const Buffer& buffer(BufferId id) const {
    return schedule_.buffers.at(static_cast<std::size_t>(id));
  }

  double bytes(BufferId id) const { return static_cast<double>(buffer(id).layout->bytes()); }

  // Adds the names of a command's buffers, each once; returns their bytes.
  double collect(const std::vector<BufferId>& buffers, std::vector<std::string>& names) const {
    double sum = 0;
    std::set<BufferId> seen;
    for (const BufferId id : buffers) {
      if (!seen.insert(id).second) continue;
      sum += bytes(id);
      names.push_back(buffer(id).name);
    }
    return sum;
  }

  std::string output(const Command& command) const {
    if (command.writes.empty()) return {};
    const Buffer& first = buffer(command.writes[0]);
    const std::string layout = first.layout->text();
    if (first.tensor == kNoTensor) return layout;
    return toString(plan_.model().graph.shape(first.tensor)) + " " + layout;
  }

  void add(const Command& command) {
    CommandDescription made;
    made.name = command.name;
    made.work = command.work;
    made.phase = command.phase;
    made.nodes = command.nodes;
    if (!command.graphKey.empty()) made.graphKey = shortHash(command.graphKey);
    made.detail = command.detail;
    made.flops = command.flops;
    made.launches = command.launches;
    made.output = output(command);
    made.scratchBytes = command.scratchBytes;
    made.matrix = isMatrix(command);
    made.bytesRead = collect(command.reads, made.reads);
    made.bytesWritten = collect(command.writes, made.writes);
    description_.launches += made.launches;
    description_.flops += made.flops;
    description_.bytes += made.bytes();
    if (!made.matrix) {
      description_.nonMatrixBytes += made.bytes();
      for (const BufferId id : command.reads) noteRead(id);
      for (const BufferId id : command.writes) noteWritten(id);
    }
    if (const auto at = command.detail.find(kSplit); at != std::string::npos) {
      description_.splits.push_back(command.name + ": " +
                                    command.detail.substr(at + kSplit.size()));
    }
    description_.commands.push_back(std::move(made));
  }

  BufferId root(BufferId id) const {
    while (buffer(id).aliasOf >= 0) id = buffer(id).aliasOf;
    return id;
  }

  // Stands for all tensors that lie in the same memory; kNoTensor for a temporary buffer.
  TensorId tensorOf(BufferId id) const {
    const TensorId first = buffer(root(id)).tensor;
    return first == kNoTensor ? buffer(id).tensor : first;
  }

  // A tensor and its copies are read once, the smallest of those that are read.
  void noteRead(BufferId id) {
    const TensorId tensor = tensorOf(id);
    if (tensor == kNoTensor) return;
    const auto [entry, first] = read_.emplace(tensor, bytes(id));
    if (!first) entry->second = std::min(entry->second, bytes(id));
  }

  // Only where it was made: a copy in another type or layout need not be.
  void noteWritten(BufferId id) {
    const TensorId tensor = tensorOf(id);
    if (tensor == kNoTensor) return;
    const BufferId own = plan_.bufferOf(tensor);
    if (own >= 0 && root(own) == root(id)) written_.emplace(tensor, bytes(id));
  }

  static double sum(const std::map<TensorId, double>& tensors) {
    double total = 0;
    for (const auto& [tensor, bytes] : tensors) total += bytes;
    return total;
  }

  void addMemory() {
    std::set<std::int32_t> slots;
    for (const Command& command : schedule_.commands) {
      description_.unsharedBytes += command.scratchBytes;
    }
    for (const Buffer& each : schedule_.buffers) {
      if (each.constant) description_.constantBytes += each.layout->bytes();
      const bool inArena = each.slot < 0 && each.aliasOf < 0 && !each.constant;
      if (inArena) description_.unsharedBytes += each.layout->bytes();
      if (each.slot >= 0 && slots.insert(each.slot).second) {
        description_.persistentBytes += each.layout->bytes();
      }
    }
  }

  const Plan& plan_;
  const Schedule& schedule_;
  PlanDescription description_;
  std::map<TensorId, double> read_;  // bytes of each
  std::map<TensorId, double> written_;
};

}  // namespace

std::string shortHash(const std::string& key) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char character : key) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; hash >>= 4U) text[i] = kDigits[hash & 15U];
  return text;
}

PlanDescription describePlan(const Plan& plan) { return Describer(plan).run(); }

}  // namespace node_cudnn
