// The addon stays in memory once it is loaded.
#pragma once

namespace node_cudnn {

// Node.js unloads an addon with the last worker thread that uses it, and with it the OpenMP
// runtime, whose pool threads may still be on their way out: they would run code that is gone.
void keepLoaded();

}  // namespace node_cudnn
