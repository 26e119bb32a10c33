// A backend whose runs the host sees late, as a device's: the reference's, three runs behind.
#pragma once

namespace node_cudnn::test {

// Registers it as "delayed", once.
void registerDelayedBackend();

}  // namespace node_cudnn::test
