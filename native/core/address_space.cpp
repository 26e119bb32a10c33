#include "address_space.h"

#include <pthread.h>
#include <sys/mman.h>

#include <string>

#include "error.h"

namespace node_cudnn {

void requireAddressSpace(std::size_t bytes, std::string_view purpose) {
  // Writable, so that limits on data count it, too. No page of it is ever touched.
  void* const room = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) {
    throw OutOfMemory(std::string(purpose),
                      "needs room for " + std::to_string(bytes >> 20) +
                          " MiB more; raise the limit on memory (ulimit -v, ulimit -d), or use "
                          "fewer or smaller models",
                      bytes, 0);
  }
  munmap(room, bytes);
}

std::size_t threadStackBytes() {
  constexpr std::size_t kUsual = std::size_t{8} << 20;
  pthread_attr_t attributes;
  std::size_t bytes = kUsual;
  if (pthread_getattr_default_np(&attributes) != 0) return bytes;
  if (pthread_attr_getstacksize(&attributes, &bytes) != 0) bytes = kUsual;
  pthread_attr_destroy(&attributes);
  return bytes;
}

}  // namespace node_cudnn
