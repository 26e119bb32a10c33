// CUDA streams and events that end with their owner. None waits for the default stream.
#pragma once

#include <cuda_runtime_api.h>

namespace node_cudnn::cudnn {

class Event;

class Stream {
 public:
  Stream();
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  cudaStream_t get() const { return stream_; }
  void synchronize();
  // What is put on this stream from here on runs behind what the event marks.
  void waitFor(const Event& event);

 private:
  cudaStream_t stream_ = nullptr;
};

enum class Timing { Off, On };

// Marks a place in a stream. The host sleeps while it waits.
class Event {
 public:
  explicit Event(Timing timing = Timing::Off);
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  cudaEvent_t get() const { return event_; }
  void record(Stream& stream);
  // Whether the stream has passed the mark; true when there never was one.
  bool isDone() const;
  void wait() const;
  // From the mark of `begin` to this one; both were made with Timing::On.
  float millisecondsSince(const Event& begin) const;

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace node_cudnn::cudnn
