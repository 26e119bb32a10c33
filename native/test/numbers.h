// Short forms of the attributes that cases write down.
#pragma once

#include <initializer_list>
#include <vector>

#include "core/attributes.h"

namespace node_cudnn::test {

inline AttributeValue list(std::initializer_list<double> values) {
  return std::vector<double>(values);
}

}  // namespace node_cudnn::test
