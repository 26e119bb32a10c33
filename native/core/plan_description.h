// What a plan does, as data: one entry for each command, then sums. explain() prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backend.h"

namespace node_cudnn {

class Plan;

struct CommandDescription {
  std::string name;
  Work work = Work::Elementwise;
  Phase phase = Phase::Forward;
  // The operations that a vendor's operation graph does in one pass, and 16 hexadecimal digits
  // that equal graphs share. Empty for other commands.
  std::vector<std::string> nodes;
  std::string graphKey;
  std::string detail;
  double flops = 0;
  int launches = 1;
  // Of the buffers that it names, each counted whole and once; scratch space is not among them.
  double bytesRead = 0;
  double bytesWritten = 0;
  std::vector<std::string> reads;  // names of buffers
  std::vector<std::string> writes;
  std::string output;  // shape and layout of the first buffer that it writes: "[64,55,55,96] nhwc"
  std::size_t scratchBytes = 0;
  bool matrix = false;  // a convolution, a matrix product or a gradient of either

  double bytes() const { return bytesRead + bytesWritten; }
};

struct PlanDescription {
  std::vector<CommandDescription> commands;
  std::size_t arenaBytes = 0;
  std::size_t unsharedBytes = 0;    // of the arena, if no two buffers shared memory
  std::size_t persistentBytes = 0;  // weights, optimizer state and accumulators that it uses
  // Of its first commands, which run when weights have changed; and of what they leave.
  std::size_t constants = 0;
  std::size_t constantBytes = 0;
  int launches = 0;
  double flops = 0;
  double bytes = 0;
  double nonMatrixBytes = 0;  // of the commands that are not `matrix`
  // The least that those could move: each distinct tensor of the graph that any of them reads is
  // read once, in the smallest of the forms in which they read it, and each that any of them makes
  // is written once. Writing copies in another type or layout, and temporary buffers, cost nothing
  // here; tensors that share memory, as before and after a reshape, are one.
  double leastNonMatrixBytes = 0;
  // "<command>: <reason>" of each fusion that the library refused.
  std::vector<std::string> splits;
};

PlanDescription describePlan(const Plan& plan);

// 64-bit FNV-1a of a graph's key, as 16 hexadecimal digits.
std::string shortHash(const std::string& key);

}  // namespace node_cudnn
