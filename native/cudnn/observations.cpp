#include "observations.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"
#include "kernels.h"
#include "kernels/gather_doubles.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

constexpr std::size_t kLeastDoubles = 64;
constexpr const char* kPurpose = "results of a step";

std::size_t countOf(std::span<const Watched> watched) {
  std::size_t count = 0;
  for (const Watched& doubles : watched) count += doubles.count;
  return count;
}

}  // namespace

double* Observations::onHost(std::size_t row) {
  return reinterpret_cast<double*>(rows_->data()) + row * capacity_;
}

void Observations::prepare(std::span<const Watched> watched) {
  const std::size_t count = countOf(watched);
  if (count <= capacity_) return;
  while (!pending_.empty()) finishOldest();
  device_->drain();
  capacity_ = 0;
  const std::size_t wanted = std::max(count, kLeastDoubles);
  row_ = std::make_unique<DeviceMemory>(device_, wanted * sizeof(double), kPurpose);
  rows_ = std::make_unique<PinnedMemory>(kRows * wanted * sizeof(double), kPurpose);
  capacity_ = wanted;
}

void Observations::collect(std::span<const Watched> watched) {
  if (watched.empty()) return;
  launchGatherDoubles(device_->compute().get(), watched, static_cast<double*>(row_->data()));
  checkLaunch(kPurpose);
}

void Observations::record(std::span<const Watched> watched, const StepState& state) {
  if (watched.empty()) return;
  if (pending_.size() == kRows) finishOldest();
  const Pending added{state, countOf(watched), next_};
  NODE_CUDNN_CUDA(cudaMemcpyAsync(onHost(added.row), row_->data(), added.count * sizeof(double),
                                  cudaMemcpyDeviceToHost, device_->compute().get()));
  arrived_[added.row].record(device_->compute());
  pending_.push_back(added);
  next_ = (next_ + 1) % kRows;
}

void Observations::finishOldest() {
  const Pending oldest = pending_.front();
  // A failed run is not waited for twice.
  pending_.pop_front();
  try {
    arrived_[oldest.row].wait();
  } catch (const Error& error) {
    throw Error(error.code(), "step " + std::to_string(oldest.state.step), error.what());
  }
  const double* values = onHost(oldest.row);
  finished_.push_back({oldest.state, {values, values + oldest.count}});
}

std::vector<Observation> Observations::take(std::size_t pending) {
  while (!pending_.empty() &&
         (pending_.size() > pending || arrived_[pending_.front().row].isDone())) {
    finishOldest();
  }
  return std::exchange(finished_, {});
}

}  // namespace node_cudnn::cudnn
