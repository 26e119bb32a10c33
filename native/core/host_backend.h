// What backends share whose memory the host sees and whose run() returns when all is done.
#pragma once

#include <utility>
#include <vector>

#include "backend.h"

namespace node_cudnn {

class HostBackend : public Backend {
 public:
  void run(Schedule& schedule, std::size_t begin, std::size_t end, const StepState& state,
           std::span<const Watched> watched) final {
    compute(schedule, begin, end, state);
    if (watched.empty()) return;
    Observation observation{state, {}};
    for (const Watched& doubles : watched) {
      const auto* values = static_cast<const double*>(doubles.address);
      observation.values.insert(observation.values.end(), values, values + doubles.count);
    }
    observations_.push_back(std::move(observation));
  }

  std::vector<Observation> observe(bool) final { return std::exchange(observations_, {}); }

  bool refeed(const Schedule&, const StepState&) final { return false; }

 protected:
  virtual void compute(Schedule& schedule, std::size_t begin, std::size_t end,
                       const StepState& state) = 0;

 private:
  std::vector<Observation> observations_;
};

}  // namespace node_cudnn
