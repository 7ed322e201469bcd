#include <fcntl.h>
#include <sys/mount.h>

#include "mount_calls.h"
#include "tree_root.h"

void mount_view(RootInProgress& tree, int stage) {
  UniqueFd root =
      new_mount("tmpfs", {{"size", "1m"}, {"mode", "755"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  attach_mount(root.get(), stage, "the new root");
  tree.root = std::move(root);
}
