/** A: nothing leads above the root. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "outcome.h"

namespace {

struct Place {
  dev_t device;
  ino_t inode;
};

Place place_of(const char* path) {
  struct stat found {};
  stat(path, &found);
  return {found.st_dev, found.st_ino};
}

bool same(const Place& a, const Place& b) { return a.device == b.device && a.inode == b.inode; }

/** Judged by what is there: another root, or the canary that lies outside. */
Outcome judge_here(const Place& root) {
  const std::string canary = told("CANARY"), nonce = told("NONCE");
  if (!canary.empty() && !nonce.empty() && text_of("." + canary).find(nonce) != std::string::npos)
    return breach("the canary outside was read");
  return same(root, place_of(".")) ? held("came out at its own root") : breach("came out at another root");
}

void climb() {
  for (int i = 0; i < 64; i++)
    if (chdir("..") < 0) return;
}

Outcome chroot_and_climb(const char*) {
  const Place root = place_of("/");
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  const bool changed = chroot(below.c_str()) == 0;
  climb();
  const Outcome outcome = judge_here(root);
  if (!changed && outcome.verdict == Verdict::held) return held("chroot: " + error_name(errno));
  return outcome;
}

Outcome chroot_with_kept_directory(const char*) {
  const Place root = place_of("/");
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  Fd kept(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  chroot(below.c_str());
  if (fchdir(kept.get()) < 0) return held(error_name(errno));
  climb();
  return judge_here(root);
}

Outcome chroot_is_refused(const char*) {
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  return must_be_refused(chroot(below.c_str()));
}

/** What was mounted over the root, if the old one was not taken away, is entered by `..` of the root. */
Outcome up_from_root(const char*) {
  const Place root = place_of("/");
  if (chdir("/..") < 0) return held(error_name(errno));
  if (!same(root, place_of("."))) return breach("/.. is another directory");
  chdir("/");
  climb();
  return judge_here(root);
}

Outcome magic_link(const char* path) {
  const Place root = place_of("/");
  if (chdir(path) < 0) return must_be_refused(-1);
  climb();
  return judge_here(root);
}

Outcome openat2_up(const char*) {
  const Place root = place_of("/");
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY;
  Fd above(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, "/../../../..", &how, sizeof how)));
  if (!above) return held(error_name(errno));
  fchdir(above.get());
  return judge_here(root);
}

Outcome descriptor_census(const char*) {
  const std::string found = inherited_descriptors();
  return found.empty() ? held("0 to 2 alone") : breach("holds" + found);
}

/** A standard stream must not be a directory, nor a terminal of the host. */
Outcome stream_census(const char*) {
  for (int fd = 0; fd < 3; fd++) {
    struct stat found {};
    if (fstat(fd, &found) < 0) continue;
    if (S_ISDIR(found.st_mode) || S_ISBLK(found.st_mode)) return breach("stream " + std::to_string(fd));
  }
  return held("streams are pipes, a terminal or null");
}

Outcome working_directory(const char*) {
  char path[4096];
  if (syscall(SYS_getcwd, path, sizeof path) < 0) return held(error_name(errno));
  return path[0] == '/' ? held(path) : breach(path);
}

Outcome climb_by_descriptors(const char*) {
  const Place root = place_of("/");
  for (int fd = 0; fd < 16; fd++) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd) + "/../../..";
    if (chdir(path.c_str()) < 0) continue;
    climb();
    const Outcome outcome = judge_here(root);
    if (outcome.verdict == Verdict::breach) return outcome;
  }
  return held("no descriptor leads out");
}

/** The program that everything here began with belongs to the host. */
Outcome change_program(const char* path) {
  if (same(place_of(path), place_of("/proc/self/exe"))) return held("it is this very program");
  if (chmod(path, 0755) == 0) return breach("its mode was changed");
  const int of_mode = errno;
  Fd file(open(path, O_WRONLY | O_CLOEXEC));
  if (file) return breach("opened for writing");
  // ETXTBSY holds only for as long as it runs; it is looked at before the mount is, which chmod tells of.
  if (errno == ETXTBSY && of_mode != EROFS) return breach("kept from writing by ETXTBSY alone");
  return held(error_name(of_mode) + ", " + error_name(errno));
}

struct Handle {
  unsigned int bytes;
  int type;
  unsigned char data[128];
};

/** Handles are guessed: the root directory of ext4, xfs and btrfs, and that of whatever / is. */
Outcome handle_of_host(const char* path) {
  Fd mount(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!mount) return held(error_name(errno));
  Handle handle{8, 1, {2, 0, 0, 0, 0, 0, 0, 0}};
  Fd found(static_cast<int>(syscall(SYS_open_by_handle_at, mount.get(), &handle, O_RDONLY | O_NONBLOCK)));
  if (found) return breach("opened inode 2 of the file system below " + std::string(path));
  return errno == ESTALE ? breach("looked for inode 2") : must_be_refused(-1, {EOPNOTSUPP});
}

Outcome own_handle(const char*) {
  Handle handle{sizeof handle.data, 0, {}};
  int mount_id = 0;
  if (syscall(SYS_name_to_handle_at, AT_FDCWD, "/tmp", &handle, &mount_id, 0) < 0)
    return held(error_name(errno));
  Fd mount(open("/tmp", O_RDONLY | O_CLOEXEC));
  Fd found(static_cast<int>(syscall(SYS_open_by_handle_at, mount.get(), &handle, O_RDONLY | O_DIRECTORY)));
  if (found) return breach("a directory was opened by its handle");
  return errno == ESTALE ? breach("the handle was looked for") : must_be_refused(-1);
}

constexpr Probe kProbes[] = {
    {"chroot-and-climb", 1, 'A', "",
     "a root below the root, and 64 times ..: the canary outside is not there", chroot_and_climb, ""},
    {"chroot-kept-directory", 2, 'A', "", "a directory kept open over chroot leads to the own root at most",
     chroot_with_kept_directory, ""},
    {"chroot-refused", 1, 'A', "", "where the profile says so, no root below the root can be made",
     chroot_is_refused, ""},
    {"root-dotdot", 2, 'A', "", "/.. is / itself: no old root lies above or over it", up_from_root, ""},
    {"root-openat2", 2, 'A', "", "openat2 without RESOLVE_ flags ends at the own root", openat2_up, ""},
    {"root-of-init", 2, 'A', "CVE-2024-21626", "/proc/1/root is the own root", magic_link, "/proc/1/root"},
    {"directory-of-init", 7, 'A', "CVE-2024-21626,CVE-2016-9962",
     "the directory of pid 1 lies below the own root", magic_link, "/proc/1/cwd"},
    {"root-of-self", 2, 'A', "", "/proc/self/root is the own root", magic_link, "/proc/self/root"},
    {"root-of-thread", 2, 'A', "", "/proc/thread-self/root is the own root", magic_link,
     "/proc/thread-self/root"},
    {"descriptors-leaked", 7, 'A', "CVE-2024-21626,CVE-2016-9962", "no descriptor but 0 to 2 comes in",
     descriptor_census, ""},
    {"descriptors-of-streams", 7, 'A', "CVE-2024-21626", "streams are no directories and no disks",
     stream_census, ""},
    {"descriptors-climb", 7, 'A', "CVE-2024-21626", "no open descriptor leads above the root",
     climb_by_descriptors, ""},
    {"working-directory", 7, 'A', "CVE-2024-21626", "the working directory is reachable from the root",
     working_directory, ""},
    {"program-of-init", 8, 'A', "CVE-2019-5736", "/proc/1/exe cannot be changed", change_program,
     "/proc/1/exe"},
    {"handle-of-root", 6, 'A', "", "no inode is opened by a guessed handle (shocker)", handle_of_host, "/"},
    {"handle-of-usr", 6, 'A', "", "no inode is opened by a guessed handle below /usr", handle_of_host,
     "/usr"},
    {"handle-of-hosts", 6, 'A', "", "no inode is opened by a guessed handle below /etc/hosts", handle_of_host,
     "/etc/hosts"},
    {"handle-of-own", 6, 'A', "", "handles cannot be opened at all", own_handle, ""},
};

}  // namespace

Probes root_probes() { return kProbes; }
