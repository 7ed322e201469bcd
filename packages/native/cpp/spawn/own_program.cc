#include "own_program.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"

UniqueFd own_program() {
  UniqueFd self = check_fd(open("/proc/self/exe", O_PATH | O_CLOEXEC), "open own program");
  UniqueFd copy = clone_mount(self.get(), "own program");
  const uint64_t read_only = leaves_out("read-only-init") ? 0 : MOUNT_ATTR_RDONLY;
  set_attributes(copy.get(), read_only | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, -1, "own program");
  return copy;
}
