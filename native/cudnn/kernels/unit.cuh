// Moving bytes without looking at them: in units of 16, 8, 4 or 2 bytes, whichever divides all.
#pragma once

#include <cstdint>

#include "element.cuh"

namespace node_cudnn::cudnn {

// The largest unit that divides what was told to it, addresses and lengths in bytes.
class UnitSize {
 public:
  void add(std::int64_t bytes) { bits_ |= static_cast<std::uint64_t>(bytes); }
  void add(const void* address) { bits_ |= reinterpret_cast<std::uintptr_t>(address); }
  int bytes() const {
    int unit = 16;
    while (unit > 1 && bits_ % static_cast<std::uint64_t>(unit) != 0) unit /= 2;
    return unit;
  }

 private:
  std::uint64_t bits_ = 0;
};

// Calls body(T{}) with a type of that many bytes; all elements have 2 or more.
template <typename Body>
void withUnit(int bytes, const Body& body) {
  if (bytes == 16) return body(Words<4>{});
  if (bytes == 8) return body(Words<2>{});
  if (bytes == 4) return body(std::uint32_t{});
  body(std::uint16_t{});
}

// Calls body(T{}) with the type that counts to `count`: 32-bit divisions are much faster.
template <typename Body>
void withCounter(std::int64_t count, const Body& body) {
  // A grid-stride loop counts beyond the last element by up to the grid's size.
  if (count < (std::int64_t{1} << 31)) return body(std::uint32_t{});
  body(std::uint64_t{});
}

}  // namespace node_cudnn::cudnn
