// Random cases of every op and of whole models, on the CPU backend and the reference:
//   --seed N      the first case's number; 0 (the default): from the clock
//   --cases N     how many cases to try (default 2000)
//   --seconds S   begin no case later than this
//   --only SEED   this one case again; with --isa NAME and --op NAME as its finding says
//   --op NAME     only cases of this generator: an op's type, or "model"
//   --isa NAME    only this instruction set of DNNL_MAX_CPU_ISA
//   --jobs N      processes at a time (default: one for each core)
//   --output FILE writes {"seed","cases","findings"} as JSON
// The last line is "N cases, N findings"; the status is 1 when something was found.
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

#include "child.h"
#include "trial.h"

namespace node_cudnn::fuzz {

namespace {

constexpr std::uint64_t kCasesOfChild = 25;

struct Options {
  std::uint64_t seed = 0;
  std::uint64_t cases = 2000;
  double seconds = 1e9;
  bool only = false;
  std::string generator;
  std::string isa;
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string output;
};

Options optionsFrom(int count, char** arguments) {
  std::map<std::string, std::string> given;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 == count) throw std::invalid_argument(std::string(arguments[i]) + " needs a value");
    given[arguments[i]] = arguments[i + 1];
  }
  Options options;
  for (const auto& [name, value] : given) {
    if (name == "--seed")
      options.seed = std::stoull(value);
    else if (name == "--cases")
      options.cases = std::stoull(value);
    else if (name == "--seconds")
      options.seconds = std::stod(value);
    else if (name == "--op")
      options.generator = value;
    else if (name == "--isa")
      options.isa = value;
    else if (name == "--jobs")
      options.jobs = std::max<std::size_t>(1, std::stoull(value));
    else if (name == "--output")
      options.output = value;
    else if (name == "--only") {
      options.seed = std::stoull(value);
      options.cases = 1;
      options.only = true;
    } else {
      throw std::invalid_argument("no option is called " + name);
    }
  }
  if (options.seed == 0) {
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    options.seed = static_cast<std::uint64_t>(milliseconds) * 1000 % 1'000'000'000'000ULL;
  }
  return options;
}

// Those of DNNL_MAX_CPU_ISA that this CPU has and oneDNN has kernels of its own for.
std::vector<std::string> instructionSets() {
#if defined(__x86_64__)
  std::vector<std::string> sets{"SSE41"};
  if (__builtin_cpu_supports("avx")) sets.emplace_back("AVX");
  if (__builtin_cpu_supports("avx2")) sets.emplace_back("AVX2");
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    sets.emplace_back("AVX512_CORE");
  }
  sets.emplace_back("ALL");
  return sets;
#else
  return {"ALL"};
#endif
}

class Run {
 public:
  explicit Run(Options options) : options_(std::move(options)) {}

  // The number of findings.
  std::uint64_t run() {
    std::cout << "fuzz: --seed " << options_.seed << std::endl;
    if (options_.generator.empty() && !options_.only) reportForgotten();
    plan();
    while (!waiting_.empty() || !children_.empty()) {
      while (children_.size() < options_.jobs && !waiting_.empty() && !isOver()) {
        children_.push_back(std::make_unique<Child>(waiting_.front()));
        waiting_.pop_front();
      }
      if (children_.empty()) break;
      waitForOutput();
      std::erase_if(children_,
                    [this](const auto& child) { return !child->advance() && end(*child); });
    }
    std::cout << cases_ << " cases, " << findings_ << " findings" << std::endl;
    if (!options_.output.empty()) {
      std::ofstream(options_.output) << "{\"seed\":" << options_.seed << ",\"cases\":" << cases_
                                     << ",\"findings\":" << findings_ << "}\n";
    }
    return findings_;
  }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }
  bool isOver() const { return elapsed() > options_.seconds; }

  void reportForgotten() {
    ++cases_;
    const std::vector<std::string> forgotten = forgottenOps();
    for (const std::string& type : forgotten) {
      ++findings_;
      std::cout << "FINDING op '" << type << "' has no generator\n";
    }
  }

  void plan() {
    const std::vector<std::string> sets =
        options_.isa.empty() ? instructionSets() : std::vector<std::string>{options_.isa};
    std::uint64_t number = 0;
    for (std::uint64_t done = 0; done < options_.cases; done += kCasesOfChild, ++number) {
      Work work;
      work.first = options_.seed + done;
      work.count = std::min(kCasesOfChild, options_.cases - done);
      work.isa = options_.only && options_.isa.empty() ? sets.back() : sets[number % sets.size()];
      work.generator = options_.generator;
      work.threads = static_cast<int>(1 + number / sets.size() % 3);
      waiting_.push_back(work);
    }
  }

  void waitForOutput() const {
    std::vector<pollfd> descriptors;
    for (const auto& child : children_) descriptors.push_back({child->descriptor(), POLLIN, 0});
    poll(descriptors.data(), descriptors.size(), 1000);
  }

  bool end(const Child& child) {
    cases_ += child.done();
    for (const Finding& finding : child.findings()) {
      ++findings_;
      std::cout << "FINDING --only " << finding.seed << " --isa " << finding.isa;
      if (!options_.generator.empty()) std::cout << " --op " << options_.generator;
      std::cout << ": " << finding.generator << ": " << finding.what << "\n  " << finding.text
                << std::endl;
    }
    if (const auto rest = child.rest()) waiting_.push_front(*rest);
    return true;
  }

  Options options_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::deque<Work> waiting_;
  std::vector<std::unique_ptr<Child>> children_;
  std::uint64_t cases_ = 0;
  std::uint64_t findings_ = 0;
};

int runMain(int count, char** arguments) {
  try {
    if (count == 5 && std::string(arguments[1]) == "--child") {
      Work work;
      work.first = std::stoull(arguments[2]);
      work.count = std::stoull(arguments[3]);
      work.generator = arguments[4];
      runWork(work);
      return 0;
    }
    return Run(optionsFrom(count, arguments)).run() > 0 ? 1 : 0;
  } catch (const std::exception& error) {
    std::cerr << "fuzz: " << error.what() << "\n";
    return 2;
  }
}

}  // namespace

}  // namespace node_cudnn::fuzz

int main(int count, char** arguments) { return node_cudnn::fuzz::runMain(count, arguments); }
