#include "keep_loaded.h"

#include <dlfcn.h>

namespace node_cudnn {

void keepLoaded() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&keepLoaded), &info) == 0) return;
  dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace node_cudnn
