// Plans on disk: what comes back is what was stored under that key, or nothing.
#include "cudnn/plan_cache.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>

#include "scratch_folder.h"

namespace node_cudnn::cudnn {
namespace {

namespace fs = std::filesystem;

const std::string kKey = "relu [8,4]\nprecision tf32";
const std::string kValue("engine 1\n{\"a\":\0\n1}", 17);

TEST(PlanCache, GivesBackWhatWasStored) {
  const test::ScratchFolder folder;
  PlanCache cache(folder.text());
  EXPECT_FALSE(cache.load(kKey));
  cache.store(kKey, kValue);
  EXPECT_EQ(cache.load(kKey), kValue);
  EXPECT_EQ(PlanCache(folder.text()).load(kKey), kValue);
  EXPECT_FALSE(cache.load(kKey + " "));
  cache.store(kKey, "other");
  EXPECT_EQ(cache.load(kKey), "other");
  cache.store("empty", "");
  EXPECT_EQ(cache.load("empty"), "");
  EXPECT_EQ(folder.files().size(), 2U) << "temporary files stay behind";
}

TEST(PlanCache, MakesItsFolderWhenFirstWrittenTo) {
  const test::ScratchFolder folder;
  const fs::path inner = folder.path() / "a" / "b";
  PlanCache cache(inner.string());
  EXPECT_FALSE(cache.load(kKey));
  EXPECT_FALSE(fs::exists(inner));
  cache.store(kKey, kValue);
  EXPECT_EQ(cache.load(kKey), kValue);
}

TEST(PlanCache, KeepsNothingWithoutAFolder) {
  PlanCache cache("");
  cache.store(kKey, kValue);
  EXPECT_FALSE(cache.load(kKey));
}

TEST(PlanCache, TakesADamagedFileForNone) {
  const test::ScratchFolder folder;
  PlanCache cache(folder.text());
  cache.store(kKey, kValue);
  const fs::path file = folder.files().at(0);
  const std::string whole = test::readFile(file);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const int bit : {0, 4, 7}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      test::writeFile(file, damaged);
      EXPECT_FALSE(cache.load(kKey)) << "bit " << bit << " of byte " << i;
    }
    test::writeFile(file, whole.substr(0, i));
    EXPECT_FALSE(cache.load(kKey)) << "the first " << i << " bytes";
  }
  test::writeFile(file, whole + "x");
  EXPECT_FALSE(cache.load(kKey)) << "a byte too many";
  cache.store(kKey, kValue);
  EXPECT_EQ(cache.load(kKey), kValue) << "it is written again";
}

TEST(PlanCache, TakesAFileOfAnotherKeyForNone) {
  const test::ScratchFolder folder;
  PlanCache cache(folder.text());
  cache.store(std::string(kKey.size(), 'k'), kValue);
  const fs::path one = folder.files().at(0);
  const std::string bytes = test::readFile(one);
  fs::remove(one);
  cache.store(kKey, kValue);
  test::writeFile(folder.files().at(0), bytes);
  EXPECT_FALSE(cache.load(kKey));
}

// How many lines the action wrote to stderr, and that they are about this folder.
std::ptrdiff_t complaints(const std::string& folder, const std::function<void()>& action) {
  testing::internal::CaptureStderr();
  action();
  const std::string text = testing::internal::GetCapturedStderr();
  const std::ptrdiff_t lines = std::count(text.begin(), text.end(), '\n');
  if (lines > 0) {
    EXPECT_NE(text.find(folder), std::string::npos) << text;
  }
  return lines;
}

TEST(PlanCache, SaysOnceThatItsFolderCannotBeWritten) {
  const test::ScratchFolder folder;
  const std::string file = (folder.path() / "file").string();
  test::writeFile(file, "no folder");
  PlanCache cache(file);
  EXPECT_EQ(complaints(file,
                       [&] {
                         cache.store(kKey, kValue);
                         cache.store("other", kValue);
                       }),
            1);
  EXPECT_FALSE(cache.load(kKey));
  EXPECT_EQ(test::readFile(file), "no folder");
}

// Files may not grow beyond this in the child, as on a full disk.
void limitFiles(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

TEST(PlanCache, LosesOnlyThePlanWhenTheDiskIsFull) {
  const test::ScratchFolder folder;
  PlanCache cache(folder.text());
  cache.store(kKey, kValue);
  EXPECT_EQ(complaints(folder.text(),
                       [&] {
                         const pid_t child = ::fork();
                         if (child == 0) {
                           limitFiles(4096);
                           cache.store(kKey, std::string(100'000, 'x'));
                           cache.store("other", std::string(100'000, 'x'));
                           ::_exit(cache.load(kKey) == kValue ? 0 : 1);
                         }
                         int status = 0;
                         ::waitpid(child, &status, 0);
                         EXPECT_EQ(status, 0);
                       }),
            1);
  EXPECT_EQ(cache.load(kKey), kValue) << "what was there stays";
  EXPECT_EQ(folder.files().size(), 1U) << "half a file stays behind";
}

TEST(PlanCache, IsWholeForEveryReaderWhileSeveralProcessesWrite) {
  const test::ScratchFolder folder;
  constexpr int kWriters = 3;
  std::vector<pid_t> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = ::fork();
    if (child == 0) {
      PlanCache cache(folder.text());
      const std::string value(50'000 + static_cast<std::size_t>(writer),
                              static_cast<char>('a' + writer));
      for (int i = 0; i < 100; ++i) cache.store(kKey, value);
      ::_exit(0);
    }
    writers.push_back(child);
  }
  const PlanCache cache(folder.text());
  int reads = 0;
  for (std::size_t done = 0; done < writers.size();) {
    if (fs::is_empty(folder.path())) continue;
    const auto value = cache.load(kKey);
    if (value) {
      ++reads;
      EXPECT_EQ(value->size(), 50'000U + static_cast<std::size_t>(value->front() - 'a'));
    } else {
      EXPECT_EQ(reads, 0) << "a file that was there is gone or damaged";
    }
    if (::waitpid(-1, nullptr, WNOHANG) > 0) ++done;
  }
  EXPECT_GT(reads, 0);
  EXPECT_EQ(folder.files().size(), 1U);
}

}  // namespace
}  // namespace node_cudnn::cudnn
