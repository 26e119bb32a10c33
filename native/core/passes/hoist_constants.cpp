// Work on weights alone need not be done again with every batch.
#include <algorithm>
#include <vector>

#include "../backend.h"

namespace node_cudnn {

namespace {

class Hoist {
 public:
  Hoist(Schedule& schedule, const Graph& graph)
      : schedule_(schedule), derived_(schedule.buffers.size()) {
    for (std::size_t i = 0; i < derived_.size(); ++i) {
      const Buffer& buffer = schedule.buffers[i];
      derived_[i] = buffer.slot >= 0 && buffer.tensor != kNoTensor &&
                    graph.tensor(buffer.tensor).role == Role::Weight;
    }
  }

  void run() {
    std::vector<bool> isConstant;
    for (const Command& command : schedule_.commands) {
      isConstant.push_back(dependsOnWeightsAlone(command));
      if (!isConstant.back()) continue;
      for (const BufferId id : command.writes) derived_[at(id)] = true;
    }
    for (std::size_t i = 0; i < isConstant.size(); ++i) {
      if (!isConstant[i]) keepWhatIsRead(schedule_.commands[i]);
    }
    std::vector<Command> ordered;
    for (const bool first : {true, false}) {
      for (std::size_t i = 0; i < isConstant.size(); ++i) {
        if (isConstant[i] == first) ordered.push_back(std::move(schedule_.commands[i]));
      }
      if (first) schedule_.constants = ordered.size();
    }
    schedule_.commands = std::move(ordered);
  }

 private:
  static std::size_t at(BufferId id) { return static_cast<std::size_t>(id); }

  bool dependsOnWeightsAlone(const Command& command) const {
    const auto isOwn = [&](BufferId id) {
      const Buffer& buffer = schedule_.buffers[at(id)];
      return buffer.slot < 0 && buffer.aliasOf < 0;
    };
    return !command.reads.empty() && !command.writes.empty() &&
           std::ranges::all_of(command.reads, [&](BufferId id) { return derived_[at(id)]; }) &&
           std::ranges::all_of(command.writes, isOwn);
  }

  void keepWhatIsRead(const Command& command) {
    for (const BufferId id : command.reads) {
      Buffer& buffer = schedule_.buffers[at(id)];
      if (derived_[at(id)] && buffer.slot < 0) buffer.constant = true;
    }
  }

  Schedule& schedule_;
  std::vector<bool> derived_;  // by buffer: a weight, or made of weights alone
};

}  // namespace

void hoistConstants(Schedule& schedule, const Graph& graph) {
  const bool learns = std::ranges::any_of(
      schedule.commands, [](const Command& command) { return command.phase > Phase::Loss; });
  // A result is read by the host, wherever it comes from.
  const bool gives = std::ranges::any_of(
      graph.results, [&](TensorId id) { return graph.tensor(id).role == Role::Weight; });
  if (!learns && !gives) Hoist(schedule, graph).run();
}

}  // namespace node_cudnn
