// A process of its own in which cases run, so that a crash or a hang is a finding.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace node_cudnn::fuzz {

// Cases first, first + 1, ... of `count`, on one instruction set.
struct Work {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::string isa;
  std::string generator;  // "" for all
  int threads = 1;
};

struct Finding {
  std::uint64_t seed = 0;
  std::string isa;
  std::string generator;
  std::string what;
  std::string text;  // of the case
};

// Runs the cases and writes what happens to stdout; the child's main program.
void runWork(const Work& work);

class Child {
 public:
  // Starts this program again for the work.
  explicit Child(Work work);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  int descriptor() const { return read_; }
  // Takes what it wrote. False when it has ended, or was ended because a case took too long.
  bool advance();
  // After it has ended: what it found, a crash included, and the work that is left.
  std::vector<Finding> findings() const { return findings_; }
  std::uint64_t done() const { return done_; }
  std::optional<Work> rest() const;

 private:
  void take(const std::string& line);
  void end(const std::string& what);
  bool isLate() const;

  Work work_;
  pid_t process_ = -1;
  int read_ = -1;
  std::string partial_;
  double lastLine_ = 0;
  bool running_ = false;  // a case
  Finding current_;
  std::uint64_t done_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace node_cudnn::fuzz
