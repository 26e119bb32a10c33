// The threads that oneDNN counts on.
#pragma once

namespace node_cudnn::onednn {

// Makes every parallel region that this thread begins as large as omp_get_max_threads() says.
// oneDNN divides work by that number, and its barriers wait for as many threads: with fewer, by
// OMP_DYNAMIC, OMP_THREAD_LIMIT or OMP_MAX_ACTIVE_LEVELS, they would wait for ever.
void fixThreadTeam();

}  // namespace node_cudnn::onednn
