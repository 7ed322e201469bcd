#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "tree_root.h"

/** The name of a layer where it can be reached while the overlay is made; short, since all of them must fit
 * into one option of 255 characters. */
static std::string attach_layer(RootInProgress& tree, const UniqueFd& layer, bool is_upper,
                                const std::string& step) {
  const uint64_t writable = is_upper ? 0 : MOUNT_ATTR_RDONLY;
  set_attributes(layer.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | writable, 0, tree.user_namespace, step,
                 MS_PRIVATE);
  attach_files(tree);
  const std::string name = std::to_string(tree.file_count++);
  check(mkdirat(tree.files.get(), name.c_str(), 0755), "make place of " + step);
  UniqueFd place = check_fd(openat(tree.files.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                            "open place of " + step);
  attach_mount(layer.get(), place.get(), step);
  return "/sys/" + name;
}

static std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/** An overlay makes its work as whoever mounts it: only root of the tree has an id in layers that are
 * idmapped. */
static UniqueFd make_overlay(RootInProgress& tree, std::vector<UniqueFd> layers, const std::string& upper,
                             const std::string& work, const std::string& step) {
  std::string lowers;
  for (size_t i = 0; i + 1 < layers.size(); i++)
    lowers += (i == 0 ? "" : ":") + attach_layer(tree, layers[i], false, "a lower directory of " + step);
  const std::string both = attach_layer(tree, layers.back(), true, "the upper directory of " + step);
  if (leaves_out("overlay-owner")) {
    setfsuid(0);
    setfsgid(0);
  }
  UniqueFd overlay = new_mount("overlay",
                               {{"lowerdir", lowers},
                                {"upperdir", both + "/" + base_name(upper)},
                                {"workdir", both + "/" + base_name(work)}},
                               0);
  make_files_as(tree.spec.id_base);
  // The kernel mounts an overlay whose work directory it cannot use, read only and without a word.
  if (is_read_only(overlay.get(), step) && !leaves_out("overlay-writable"))
    fail("mount overlay " + step + ": the kernel made it read only, since it cannot work in " + work, EROFS);
  return overlay;
}

void mount_overlay(RootInProgress& tree, const MountSpec& mount) {
  UniqueFd overlay =
      make_overlay(tree, std::move(tree.sources.at(&mount)), mount.upper, mount.work, mount.target);
  set_attributes(overlay.get(), attributes_of(mount.flags), 0, -1, mount.target);
  tree.place(overlay, mount.target, false, mount.target);
}

void mount_overlay_root(RootInProgress& tree, int stage) {
  const RootSpec& root = tree.spec.root;
  UniqueFd overlay = make_overlay(tree, std::move(tree.root_layers), root.upper, root.work, "/");
  set_attributes(overlay.get(), leaves_out("nodev") ? 0 : MOUNT_ATTR_NODEV, 0, -1, "the new root");
  attach_mount(overlay.get(), stage, "the new root");
  tree.root = std::move(overlay);
}
