// libcuda.so.1 for a machine without a driver, as far as cuDNN needs it to build execution plans
// for a device that is not there: its engines look these names up and want all of them, load what
// they compiled at run time as a library, and ask nothing of its kernels but attributes. Everything
// that would need a device answers that there is none. Nothing can be run with it.
//
// The functions have no parameters where the answer is the same for all: a C caller's arguments
// stay where they are.

namespace {

enum Result { Success = 0, NoDevice = 100, NotFound = 500 };

using Handle = void*;
char loaded;  // what every handle points to

Result load(Handle* handle) {
  *handle = &loaded;
  return Success;
}

}  // namespace

extern "C" {

Result cuInit(unsigned) { return NoDevice; }
Result cuDriverGetVersion(int* version) {
  *version = 13000;
  return Success;
}

// For libcudart, which takes every function from here.
Result cuGetProcAddress(const char*, void** function, int, unsigned long long) {
  *function = nullptr;
  return NotFound;
}
Result cuGetProcAddress_v2(const char*, void** function, int, unsigned long long, int* found) {
  *function = nullptr;
  if (found != nullptr) *found = 1;  // the symbol is not known
  return NotFound;
}

Result cuGetErrorName(int, const char** name) {
  *name = "no device: stub driver";
  return Success;
}
Result cuGetErrorString(int, const char** text) {
  *text = "this is no driver: plans can be built, and nothing can be run";
  return Success;
}

Result cuLibraryLoadData(Handle* library) { return load(library); }
Result cuLibraryLoadFromFile(Handle* library) { return load(library); }
Result cuLibraryGetKernel(Handle* kernel) { return load(kernel); }
Result cuLibraryUnload() { return Success; }
Result cuKernelGetAttribute(int* value) {
  *value = 0;
  return Success;
}
Result cuKernelSetAttribute() { return Success; }

Result cuDeviceGet() { return NoDevice; }
Result cuDeviceGetCount(int* count) {
  *count = 0;
  return NoDevice;
}
Result cuCtxGetCurrent() { return NoDevice; }
Result cuCtxGetLimit() { return NoDevice; }
Result cuCtxPushCurrent() { return NoDevice; }
Result cuCtxPopCurrent() { return NoDevice; }
Result cuOccupancyMaxPotentialClusterSize() { return NoDevice; }
Result cuStreamGetCtx() { return NoDevice; }
Result cuLinkCreate() { return NoDevice; }
Result cuLinkAddData() { return NoDevice; }
Result cuLinkComplete() { return NoDevice; }
Result cuLinkDestroy() { return NoDevice; }
Result cuLaunchKernel() { return NoDevice; }
Result cuLaunchKernelEx() { return NoDevice; }
Result cuLaunchCooperativeKernel() { return NoDevice; }
}
