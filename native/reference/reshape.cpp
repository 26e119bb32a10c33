// A new shape for the same plain order of elements.
#include <algorithm>

#include "kernel.h"

namespace node_cudnn::reference {

namespace {

void copy(const Call& call) {
  const Operand x = call.input(0), y = call.output(0);
  if (x.data != y.data) std::copy_n(x.numbers(), x.count, y.numbers());
}

const RegisteredKernel registeredForward{{.type = "reshape", .compute = copy, .shares = {0}}};
const RegisteredKernel registeredBackward{
    {.type = "reshapeBackward", .compute = copy, .shares = {0}}};

}  // namespace

}  // namespace node_cudnn::reference
