// What the addon finds when it opens this library.
#include "core/plugin.h"

#include "backend.h"
#include "devices.h"

extern "C" __attribute__((visibility("default"))) const node_cudnn::Plugin* node_cudnn_plugin() {
  static const node_cudnn::Plugin plugin{node_cudnn::pluginBuild(), "cuda",
                                         node_cudnn::cudnn::makeCudnnBackend,
                                         node_cudnn::cudnn::deviceReport};
  return &plugin;
}
