#include "plan_cache.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace node_cudnn::cudnn {
namespace {

namespace fs = std::filesystem;

// Of the file: this line, then "<key bytes> <value bytes> <checksum>", then key and value.
constexpr std::string_view kFormat = "node-cudnn plan 1\n";

// FNV-1a.
std::uint64_t hash(std::string_view text, std::uint64_t state = 0xcbf29ce484222325) {
  for (const char c : text) {
    state ^= static_cast<unsigned char>(c);
    state *= 0x100000001b3;
  }
  return state;
}

std::string hexadecimal(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
  return text;
}

// Keys are long and of any characters; a collision is told apart by the key inside the file.
fs::path fileOf(const std::string& folder, const std::string& key) {
  return fs::path(folder) / (hexadecimal(hash(key)) + ".plan");
}

std::string encode(const std::string& key, const std::string& value) {
  std::ostringstream out;
  out << kFormat << key.size() << ' ' << value.size() << ' ' << hexadecimal(hash(value, hash(key)))
      << '\n'
      << key << value;
  return out.str();
}

std::optional<std::string> decode(const std::string& file, const std::string& key) {
  if (!file.starts_with(kFormat)) return std::nullopt;
  std::istringstream in(file.substr(kFormat.size()));
  std::size_t keyBytes = 0;
  std::size_t valueBytes = 0;
  std::string checksum;
  if (!(in >> keyBytes >> valueBytes >> checksum) || in.get() != '\n') return std::nullopt;
  const std::string rest = in.str().substr(static_cast<std::size_t>(in.tellg()));
  if (keyBytes != key.size() || !rest.starts_with(key)) return std::nullopt;
  if (rest.size() - keyBytes != valueBytes) return std::nullopt;
  if (checksum != hexadecimal(hash(rest))) return std::nullopt;
  return rest.substr(keyBytes);
}

// Distinct for each process and each call, so that writers never share a temporary file.
fs::path temporaryOf(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  fs::path temporary = file;
  temporary += "." + std::to_string(::getpid()) + "." + std::to_string(count++) + ".tmp";
  return temporary;
}

// Empty, or why not.
std::string write(const fs::path& file, const std::string& bytes) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) return error.message();
  const fs::path temporary = temporaryOf(file);
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
      const std::string reason = std::generic_category().message(errno);
      fs::remove(temporary, error);
      return reason;
    }
  }
  fs::rename(temporary, file, error);
  if (!error) return "";
  const std::string reason = error.message();
  fs::remove(temporary, error);
  return reason;
}

}  // namespace

PlanCache::PlanCache(std::string folder) : folder_(std::move(folder)) {}

std::optional<std::string> PlanCache::load(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  std::ifstream in(fileOf(folder_, key), std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream file;
  file << in.rdbuf();
  return decode(file.str(), key);
}

void PlanCache::store(const std::string& key, const std::string& value) {
  if (folder_.empty()) return;
  const std::string reason = write(fileOf(folder_, key), encode(key, value));
  if (reason.empty() || complained_) return;
  complained_ = true;
  std::fprintf(stderr, "node-cudnn: plan cache '%s' cannot be written (%s); plans are not kept\n",
               folder_.c_str(), reason.c_str());
}

}  // namespace node_cudnn::cudnn
