#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

void mount_directory(RootInProgress& tree, int stage) {
  const std::string& path = tree.spec.root.directory;
  UniqueFd source = open_plain(path, O_PATH | O_DIRECTORY, "open root " + path);
  UniqueFd root = clone_mount(source.get(), "root " + path);
  // The host keeps this storage nosuid; inside, no_new_privs decides what suid means.
  set_attributes(root.get(), leaves_out("nodev") ? 0 : MOUNT_ATTR_NODEV, MOUNT_ATTR_NOSUID,
                 tree.user_namespace, "root " + path);
  attach_mount(root.get(), stage, "root " + path);
  tree.root = std::move(root);
}
