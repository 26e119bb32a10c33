#include "stream.h"

#include "status.h"

namespace node_cudnn::cudnn {

Stream::Stream() { NODE_CUDNN_CUDA(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }

Stream::~Stream() { static_cast<void>(cudaStreamDestroy(stream_)); }

void Stream::synchronize() { NODE_CUDNN_CUDA(cudaStreamSynchronize(stream_)); }

void Stream::waitFor(const Event& event) {
  NODE_CUDNN_CUDA(cudaStreamWaitEvent(stream_, event.get(), 0));
}

Event::Event(Timing timing) {
  const unsigned flags =
      cudaEventBlockingSync | (timing == Timing::On ? 0U : unsigned{cudaEventDisableTiming});
  NODE_CUDNN_CUDA(cudaEventCreateWithFlags(&event_, flags));
}

Event::~Event() { static_cast<void>(cudaEventDestroy(event_)); }

void Event::record(Stream& stream) { NODE_CUDNN_CUDA(cudaEventRecord(event_, stream.get())); }

bool Event::isDone() const {
  const cudaError_t status = cudaEventQuery(event_);
  if (status == cudaErrorNotReady) {
    // Not an error, but the check behind the next launch would take it for one.
    static_cast<void>(cudaGetLastError());
    return false;
  }
  checkCuda(status, "cudaEventQuery(event_)");
  return true;
}

void Event::wait() const { NODE_CUDNN_CUDA(cudaEventSynchronize(event_)); }

float Event::millisecondsSince(const Event& begin) const {
  float milliseconds = 0;
  NODE_CUDNN_CUDA(cudaEventElapsedTime(&milliseconds, begin.get(), event_));
  return milliseconds;
}

}  // namespace node_cudnn::cudnn
