// The devices whose properties are at hand as files.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "cudnn/device_properties.h"

namespace node_cudnn::test {

// name: "h100", "t4".
inline cudnn::DeviceProperties device(const std::string& name) {
  const std::string path = std::string(NODE_CUDNN_TEST_DEVICES) + "/" + name + ".json";
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return cudnn::DeviceProperties::parse(text.str());
}

}  // namespace node_cudnn::test
