#include "plugin_loader.h"

#include <dlfcn.h>

#include <mutex>

#include "core/error.h"

namespace node_cudnn {

namespace {

// Of the process: worker threads share it. Trivially destructible, so that it outlives them all.
struct LoadedPlugin {
  std::mutex mutex;
  void* handle = nullptr;
  const Plugin* plugin = nullptr;
};

LoadedPlugin& loadedPlugin() {
  static LoadedPlugin loaded;
  return loaded;
}

void* open(const std::string& file, int scope) {
  if (!file.starts_with('/')) {
    throw Error(ErrorCode::Option, "loadPlugin", "expected absolute paths, got '" + file + "'");
  }
  if (void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_NODELETE | scope)) return handle;
  const char* reason = dlerror();
  throw Error(ErrorCode::Backend, file,
              std::string("the loader cannot open it: ") +
                  (reason == nullptr ? "it gives no reason" : reason));
}

const Plugin& describe(void* handle, const std::string& file) {
  const auto entry = reinterpret_cast<PluginEntry>(dlsym(handle, kPluginEntry));
  if (entry == nullptr) {
    throw Error(ErrorCode::Backend, file,
                std::string("it exports no ") + kPluginEntry +
                    ", so it is no plugin of node-cudnn; build it again: npm run build");
  }
  const Plugin* plugin = entry();
  if (plugin == nullptr || plugin->build == nullptr) {
    throw Error(ErrorCode::Backend, file, "it does not describe itself; build it again");
  }
  if (std::string(plugin->build) != pluginBuild()) {
    throw Error(ErrorCode::Backend, file,
                std::string("found a plugin of another build, '") + plugin->build +
                    "'; the addon needs '" + pluginBuild() +
                    "'. Build both together: npm run build");
  }
  return *plugin;
}

void requireSame(const LoadedPlugin& loaded, const std::string& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (handle != nullptr) dlclose(handle);
  if (handle == loaded.handle) return;
  throw Error(ErrorCode::Backend, file,
              "another plugin is loaded in this process; start a new process for this one");
}

}  // namespace

const Plugin& loadPlugin(const PluginFiles& files) {
  LoadedPlugin& loaded = loadedPlugin();
  const std::lock_guard lock(loaded.mutex);
  if (loaded.plugin != nullptr) {
    requireSame(loaded, files.plugin);
    return *loaded.plugin;
  }
  // Global: the plugin, and cuDNN when it opens its parts by name, are to find these.
  for (const std::string& library : files.libraries) open(library, RTLD_GLOBAL);
  void* handle = open(files.plugin, RTLD_LOCAL);
  const Plugin& plugin = describe(handle, files.plugin);
  registerBackend(plugin.backend, plugin.make);
  loaded.handle = handle;
  loaded.plugin = &plugin;
  return plugin;
}

PluginReport pluginReport() {
  LoadedPlugin& loaded = loadedPlugin();
  const Plugin* plugin = nullptr;
  {
    const std::lock_guard lock(loaded.mutex);
    plugin = loaded.plugin;
  }
  if (plugin == nullptr) {
    throw Error(ErrorCode::Backend, "pluginReport", "no plugin is loaded; call loadPlugin() first");
  }
  return plugin->report();
}

}  // namespace node_cudnn
