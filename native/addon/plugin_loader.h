// Opens the plugin of a backend, and the libraries that it needs, at run time.
#pragma once

#include <string>
#include <vector>

#include "core/plugin.h"

namespace node_cudnn {

struct PluginFiles {
  std::string plugin;
  std::vector<std::string> libraries;  // what the plugin needs, in the order to open them
};

// Opens the files, all by absolute path, and registers the plugin's backend. One plugin can be
// loaded in a process; loading it again does nothing. Nothing is ever closed: a driver's threads
// may run code of these libraries until the process ends. From any thread. Throws Error(Backend)
// naming the file, what the loader says of it, and what to do.
const Plugin& loadPlugin(const PluginFiles& files);

// What the loaded plugin finds on this machine; asks the driver, which may take seconds. Throws
// Error(Backend) when no plugin is loaded.
PluginReport pluginReport();

}  // namespace node_cudnn
