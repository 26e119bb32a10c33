#include "thread_team.h"

#include <omp.h>

namespace node_cudnn::onednn {

void fixThreadTeam() {
  omp_set_dynamic(0);
  if (omp_get_max_active_levels() < 1) omp_set_max_active_levels(1);
  const int allowed = omp_get_thread_limit();
  if (omp_get_max_threads() > allowed) omp_set_num_threads(allowed);
}

}  // namespace node_cudnn::onednn
