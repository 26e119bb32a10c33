#include "plugin.h"

namespace node_cudnn {

// The number changes with the types that cross the seam.
const char* pluginBuild() { return "1, " __VERSION__; }

}  // namespace node_cudnn
