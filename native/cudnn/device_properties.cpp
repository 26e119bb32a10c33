#include "device_properties.h"

#include <cctype>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "descriptor.h"
#include "status.h"

namespace node_cudnn::cudnn {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::Backend, "device properties",
              message +
                  "; expected cuDNN's JSON representation of a device, an object of numbers and "
                  "the text deviceName");
}

// What follows `"field":` in a flat JSON object.
std::string_view valueOf(std::string_view text, std::string_view field) {
  const std::string quoted = '"' + std::string(field) + '"';
  std::size_t at = text.find(quoted);
  if (at == std::string_view::npos) fail("field '" + std::string(field) + "' is missing");
  at = text.find_first_not_of(" \t\r\n", at + quoted.size());
  if (at == std::string_view::npos || text[at] != ':') {
    fail("field '" + std::string(field) + "' has no value");
  }
  at = text.find_first_not_of(" \t\r\n", at + 1);
  if (at == std::string_view::npos) fail("field '" + std::string(field) + "' has no value");
  return text.substr(at);
}

std::int64_t number(std::string_view text, std::string_view field) {
  const std::string_view found = valueOf(text, field);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(found.data(), found.data() + found.size(), value);
  const std::size_t length = static_cast<std::size_t>(end - found.data());
  const bool ends =
      length < found.size() && (found[length] == ',' || found[length] == '}' ||
                                std::isspace(static_cast<unsigned char>(found[length])));
  if (error != std::errc() || !ends || value < 0) {
    fail("field '" + std::string(field) + "' is no whole number");
  }
  return value;
}

std::string words(std::string_view text, std::string_view field) {
  const std::string_view found = valueOf(text, field);
  const std::size_t end = found.find('"', 1);
  if (found.front() != '"' || end == std::string_view::npos) {
    fail("field '" + std::string(field) + "' is no text");
  }
  return std::string(found.substr(1, end - 1));
}

}  // namespace

DeviceProperties DeviceProperties::parse(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  if (text.empty() || text.front() != '{' || text.back() != '}') fail("found no object");
  DeviceProperties device;
  device.name = words(text, "deviceName");
  device.computeCapability = static_cast<int>(number(text, "deviceVer") / 10);
  device.multiprocessors = static_cast<int>(number(text, "multiProcessorCount"));
  device.totalBytes = static_cast<std::size_t>(number(text, "totalGlobalMem"));
  device.l2Bytes = static_cast<std::size_t>(number(text, "l2CacheSize"));
  device.memoryClockKilohertz = static_cast<double>(number(text, "memClockRateKHz"));
  device.text = std::move(text);
  return device;
}

DeviceProperties DeviceProperties::ofDevice(int index) {
  try {
    Descriptor descriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    const std::int32_t id = index;
    descriptor.set(CUDNN_ATTR_DEVICEPROP_DEVICE_ID, CUDNN_TYPE_INT32, 1, &id);
    descriptor.finalize();
    return parse(descriptor.text(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION));
  } catch (const Refused& refused) {
    throw Error(ErrorCode::Backend, "device " + std::to_string(index),
                std::string("cuDNN cannot tell its properties: ") + refused.what() +
                    "; check that `nvidia-smi` lists the device, and CUDA_VISIBLE_DEVICES");
  }
}

}  // namespace node_cudnn::cudnn
