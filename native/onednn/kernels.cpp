#include "kernels.h"

#include "thread_team.h"

namespace node_cudnn::onednn {

namespace {
constexpr BufferId kScratch = -2;
}

ErrorCode errorCodeOf(dnnl_status_t status, ErrorCode otherwise) {
  return status == dnnl_out_of_memory ? ErrorCode::OutOfMemory : otherwise;
}

PrimitiveKernel::PrimitiveKernel(std::string place, dnnl::primitive primitive,
                                 const dnnl::stream& stream, const std::vector<Argument>& arguments,
                                 const dnnl::memory::desc& scratchpad)
    : place_(std::move(place)), primitive_(std::move(primitive)), stream_(stream) {
  const auto add = [&](int name, BufferId buffer, const dnnl::memory::desc& desc) {
    memories_.push_back(dnnl::memory(desc, stream_.get_engine(), nullptr));
    buffers_.push_back(buffer);
    arguments_.push_back({name, memories_.back().get()});
  };
  for (const Argument& argument : arguments) {
    if (argument.buffer >= 0) add(argument.name, argument.buffer, argument.desc);
  }
  if (scratchpad.get_size() > 0) add(DNNL_ARG_SCRATCHPAD, kScratch, scratchpad);
}

void PrimitiveKernel::bind(const Addresses& addresses) {
  fixThreadTeam();
  for (std::size_t i = 0; i < memories_.size(); ++i) {
    void* address = buffers_[i] == kScratch
                        ? addresses.scratch
                        : addresses.buffers.at(static_cast<std::size_t>(buffers_[i]));
    // oneDNN zeroes the padding of a blocked format here.
    memories_[i].set_data_handle(address);
  }
}

void PrimitiveKernel::run(const StepState&) {
  const dnnl_status_t status = dnnl_primitive_execute(
      primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
  if (status != dnnl_success) {
    throw Error(errorCodeOf(status, ErrorCode::Internal), place_,
                "dnnl_primitive_execute failed with status " + std::to_string(status));
  }
}

}  // namespace node_cudnn::onednn
