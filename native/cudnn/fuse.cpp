#include "fuse.h"

#include "fuse_passes.h"

namespace node_cudnn::cudnn {

Graph fuse(Graph graph) {
  fuseReluBackward(graph);
  fuseAddRelu(graph);
  joinPenalties(graph);
  joinMovingAverages(graph);
  return graph;
}

}  // namespace node_cudnn::cudnn
