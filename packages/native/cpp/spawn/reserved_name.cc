#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

/** What an overlay leaves where something of a lower layer was removed. */
static bool is_whiteout(const struct stat& found) { return S_ISCHR(found.st_mode) && found.st_rdev == 0; }

void refuse_reserved(const RootSpec& root) {
  std::vector<std::string> layers = root.lowers;
  layers.insert(layers.begin(), root.kind == RootSpec::Kind::directory ? root.directory : root.upper);
  if (layers.front().empty()) return;
  for (const std::string& layer : layers) {
    UniqueFd opened = open_plain(layer, O_PATH | O_DIRECTORY, "open root " + layer);
    struct stat found;
    if (fstatat(opened.get(), kReservedName, &found, AT_SYMLINK_NOFOLLOW) < 0) {
      if (errno != ENOENT) fail("ask about ... in " + layer);
      continue;
    }
    if (!S_ISDIR(found.st_mode) && !is_whiteout(found))
      fail("the root has something called ... (" + layer +
               "/...) that is no directory, and the name is reserved: remove or rename it",
           ENOTDIR);
    // The uppermost is the one that is seen.
    return;
  }
}

UniqueFd empty_directory(const RootInProgress& tree) {
  if (tree.nothing) return clone_mount(tree.nothing.get(), "an empty directory");
  return new_mount("tmpfs",
                   {{"size", "4k"}, {"mode", "555"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                   MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

void mount_reserved(RootInProgress& tree) {
  if (leaves_out("reserved-name")) return;
  const std::string place = std::string("/") + kReservedName;
  UniqueFd nothing = empty_directory(tree);
  tree.place(nothing, place, false, "cover of " + place);
  tree.nothing = std::move(nothing);
}
