// The devices of this machine, and whether this backend can use them.
#pragma once

#include <string>

#include "core/plugin.h"
#include "versions.h"

namespace node_cudnn::cudnn {

// Of the libraries that are loaded. Needs no driver.
Versions loadedVersions();

// Everything, with the problems that there are; never throws.
PluginReport deviceReport();

// Throws Error(Backend) saying what was found, what is needed and what to do, unless a backend can
// use this device.
void requireDevice(int index);

// Throws Error(Backend) when the loaded cuDNN does not make plans from device properties.
void requirePlanner();

}  // namespace node_cudnn::cudnn
