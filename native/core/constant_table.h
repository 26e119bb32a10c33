// What plans keep of the weights in another form: kernels in the layouts that they ask for, folded
// batch normalizations. Plans of a program share what is the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backend.h"

namespace node_cudnn {

struct Constant {
  LayoutPtr layout;
  std::unique_ptr<Memory> memory;
  // Store::weightsVersion() that it was made of; 0: never made.
  std::uint64_t madeOf = 0;
};
using ConstantPtr = std::shared_ptr<Constant>;

class ConstantTable {
 public:
  // What is derived in this way and has this buffer's layout, made where no plan has it. Throws
  // OutOfMemory.
  ConstantPtr get(Backend& backend, const std::string& derivation, const Buffer& buffer);
  // Of those that plans still keep.
  std::size_t bytes() const;

 private:
  std::multimap<std::string, std::weak_ptr<Constant>> constants_;
};

// How each buffer of a schedule follows from weights, as text; empty where it does not.
std::vector<std::string> derivations(const Schedule& schedule);

}  // namespace node_cudnn
