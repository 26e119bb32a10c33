// The two kinds of kernel: one oneDNN primitive, or one loop of this backend.
#pragma once

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/backend.h"
#include "core/error.h"

namespace node_cudnn::onednn {

// The code that the error of a failed oneDNN call has.
ErrorCode errorCodeOf(dnnl_status_t status, ErrorCode otherwise);

// A primitive with its arguments; running it allocates nothing of ours.
class PrimitiveKernel final : public Kernel {
 public:
  struct Argument {
    int name;  // DNNL_ARG_SRC and so on
    BufferId buffer;
    dnnl::memory::desc desc;
  };

  // An argument without a buffer (-1) is left out. scratchpad: the primitive descriptor's
  // scratchpad_desc().
  // place: the op, for errors.
  PrimitiveKernel(std::string place, dnnl::primitive primitive, const dnnl::stream& stream,
                  const std::vector<Argument>& arguments, const dnnl::memory::desc& scratchpad);

  void bind(const Addresses& addresses) override;
  void run(const StepState& state) override;

 private:
  std::string place_;
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::vector<dnnl::memory> memories_;
  std::vector<BufferId> buffers_;  // kScratch for the scratchpad
  std::vector<dnnl_exec_arg_t> arguments_;
};

// What a loop sees: the addresses of its buffers, in the order that it named them.
class Pointers {
 public:
  float* floats(std::size_t i) const { return static_cast<float*>(addresses_[i]); }
  double* doubles(std::size_t i) const { return static_cast<double*>(addresses_[i]); }
  const std::int32_t* integers(std::size_t i) const {
    return static_cast<const std::int32_t*>(addresses_[i]);
  }
  bool has(std::size_t i) const { return addresses_[i] != nullptr; }
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(scratch_);
  }

 private:
  template <typename Body>
  friend class LoopKernel;
  std::vector<void*> addresses_;
  void* scratch_ = nullptr;
};

// Body: void(const Pointers&, const StepState&).
template <typename Body>
class LoopKernel final : public Kernel {
 public:
  LoopKernel(std::vector<BufferId> buffers, Body body)
      : buffers_(std::move(buffers)), body_(std::move(body)) {}

  void bind(const Addresses& addresses) override {
    pointers_.addresses_.clear();
    for (const BufferId id : buffers_) {
      pointers_.addresses_.push_back(id < 0 ? nullptr
                                            : addresses.buffers.at(static_cast<std::size_t>(id)));
    }
    pointers_.scratch_ = addresses.scratch;
  }
  void run(const StepState& state) override { body_(pointers_, state); }

 private:
  std::vector<BufferId> buffers_;
  Pointers pointers_;
  Body body_;
};

// buffers: -1 for an absent one.
template <typename Body>
std::unique_ptr<Kernel> loopKernel(std::vector<BufferId> buffers, Body body) {
  return std::make_unique<LoopKernel<Body>>(std::move(buffers), std::move(body));
}

}  // namespace node_cudnn::onednn
