#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>

#include "core/error.h"
#include "trial.h"

namespace node_cudnn::fuzz {

namespace {

constexpr double kSecondsPerCase = 60;  // a case takes some milliseconds
// A difference counts when it is there for each of these: values next to a kink (ReLU at 0, equal
// maxima) may fall to its other side by rounding alone.
constexpr std::uint32_t kValues[] = {1, 2, 3};

double now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

std::optional<std::string> tryOnce(const Trial& trial, std::uint32_t values) {
  try {
    return trial.run(values);
  } catch (const std::exception& error) {
    return std::string("error: ") + error.what();
  }
}

std::optional<std::string> outcomeOf(const Trial& trial) {
  std::optional<std::string> first;
  for (const std::uint32_t values : kValues) {
    const std::optional<std::string> wrong = tryOnce(trial, values);
    if (!wrong) return std::nullopt;
    if (!first) first = wrong;
  }
  return first;
}

std::string oneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

}  // namespace

void runWork(const Work& work) {
  for (std::uint64_t i = 0; i < work.count; ++i) {
    const std::uint64_t seed = work.first + i;
    NamedTrial named;
    try {
      named = trialOf(seed, work.generator);
    } catch (const std::exception& error) {
      std::cout << "begin " << seed << " ?\nwrong generator: " << oneLine(error.what())
                << std::endl;
      continue;
    }
    std::cout << "begin " << seed << " " << named.generator << " " << named.trial.text << std::endl;
    const std::optional<std::string> wrong = outcomeOf(named.trial);
    std::cout << (wrong ? "wrong " + oneLine(*wrong) : "right") << std::endl;
  }
}

Child::Child(Work work) : work_(std::move(work)), lastLine_(now()) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  const std::string first = std::to_string(work_.first);
  const std::string count = std::to_string(work_.count);
  process_ = fork();
  if (process_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    setenv("DNNL_MAX_CPU_ISA", work_.isa.c_str(), 1);
    setenv("OMP_NUM_THREADS", std::to_string(work_.threads).c_str(), 1);
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execl("/proc/self/exe", "node_cudnn_fuzz", "--child", first.c_str(), count.c_str(),
          work_.generator.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  if (process_ < 0) throw std::runtime_error("cannot start a process");
  read_ = ends[0];
  fcntl(read_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (read_ >= 0) close(read_);
}

void Child::take(const std::string& line) {
  lastLine_ = now();
  if (line.starts_with("begin ")) {
    const std::size_t space = line.find(' ', 6);
    const std::size_t next = line.find(' ', space + 1);
    current_ = {std::stoull(line.substr(6, space - 6)), work_.isa,
                line.substr(space + 1, next - space - 1), "",
                next == std::string::npos ? "" : line.substr(next + 1)};
    running_ = true;
  } else if (line == "right" || line.starts_with("wrong ")) {
    if (line != "right") {
      current_.what = line.substr(6);
      findings_.push_back(current_);
    }
    running_ = false;
    ++done_;
  }
}

bool Child::isLate() const { return now() - lastLine_ > kSecondsPerCase; }

void Child::end(const std::string& what) {
  process_ = -1;
  if (what.empty()) return;
  if (!running_) current_ = {work_.first + done_, work_.isa, "?", "", ""};
  current_.what = what;
  findings_.push_back(current_);
  ++done_;
}

bool Child::advance() {
  char buffer[4096];
  ssize_t count = 0;
  while ((count = read(read_, buffer, sizeof buffer)) > 0) {
    partial_.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t at = 0; (at = partial_.find('\n')) != std::string::npos;) {
      take(partial_.substr(0, at));
      partial_.erase(0, at + 1);
    }
  }
  if (count < 0 && !isLate()) return true;
  if (count < 0) kill(process_, SIGKILL);
  int status = 0;
  waitpid(process_, &status, 0);
  if (count < 0) {
    end("hangs");
  } else if (WIFSIGNALED(status)) {
    end(std::string("crashes: ") + strsignal(WTERMSIG(status)));
  } else {
    end(WEXITSTATUS(status) == 0 ? "" : "exits with " + std::to_string(WEXITSTATUS(status)));
  }
  return false;
}

std::optional<Work> Child::rest() const {
  if (done_ >= work_.count) return std::nullopt;
  Work rest = work_;
  rest.first += done_;
  rest.count -= done_;
  return rest;
}

}  // namespace node_cudnn::fuzz
