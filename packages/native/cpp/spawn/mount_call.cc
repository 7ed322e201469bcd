#include "mount_call.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <climits>
#include <cstdlib>

#include "failure.h"
#include "mutant.h"
#include "paths.h"

static constexpr size_t kPage = 4096;
static constexpr size_t kNameMost = 255;

/** A text at `address`, up to its NUL. It may end just before memory that is not there. */
static std::string read_text(pid_t caller, uint64_t address, size_t most) {
  std::string text;
  while (text.size() <= most) {
    char piece[kPage];
    const uint64_t at = address + text.size();
    const iovec here{piece, kPage - at % kPage};
    const iovec there{reinterpret_cast<void*>(at), here.iov_len};
    const ssize_t n = process_vm_readv(caller, &here, 1, &there, 1, 0);
    if (n <= 0) fail("read the arguments", EFAULT);
    const std::string_view found(piece, static_cast<size_t>(n));
    const size_t end = found.find('\0');
    text.append(found.substr(0, end));
    if (end != std::string_view::npos) break;
  }
  if (text.size() > most) fail("read the arguments", ENAMETOOLONG);
  return text;
}

static std::string read_if_given(pid_t caller, uint64_t address, size_t most) {
  return address == 0 ? "" : read_text(caller, address, most);
}

/** The rest of the line `name:` of a status file. */
static std::string line_of(const std::string& status, const std::string& name) {
  const size_t at = status.find("\n" + name + ":\t");
  if (at == std::string::npos) fail("read the caller's status", ESRCH);
  const size_t from = at + name.size() + 3;
  return status.substr(from, status.find('\n', from) - from);
}

/** Where there is no CAP_SYS_ADMIN to ask for, all that root of the tree can hold stands for it. */
static void require_root(int caller, uint64_t capabilities) {
  if (leaves_out("mounts-of-root-only")) return;
  UniqueFd file = check_fd(openat(caller, "status", O_RDONLY | O_CLOEXEC), "open the caller's status");
  const std::string status = read_all(file.get(), 8192);
  // Real, effective, saved and of the file system; in the ids of our own user namespace, which is the tree's.
  const std::string ids = line_of(status, "Uid");
  const size_t effective = ids.find('\t') + 1;
  const uint64_t held = std::strtoull(line_of(status, "CapEff").c_str(), nullptr, 16);
  if (std::strtoul(ids.c_str() + effective, nullptr, 10) != 0 || (held & capabilities) != capabilities)
    fail("mount: the caller is not root of the tree", EPERM);
}

static std::string link_of(int directory, const char* name) {
  char target[PATH_MAX];
  const ssize_t n = check(readlinkat(directory, name, target, sizeof target), std::string("read ") + name);
  return {target, static_cast<size_t>(n)};
}

/** The working directory as the caller sees it. */
static std::string working_directory(int caller) {
  const std::string root = link_of(caller, "root"), at = link_of(caller, "cwd");
  if (root == "/") return at;
  if (at != root && !at.starts_with(root + "/")) fail("find the working directory", ENOENT);
  return at.substr(root.size());
}

/** Of a target that is named by a descriptor of the caller, as systemd names all of its own: what that is open
 * on. Our own /proc says nothing of the caller's descriptors. */
static UniqueFd own_descriptor(int caller, const std::string& target) {
  for (const std::string_view prefix : {"/proc/self/fd/", "/proc/thread-self/fd/"}) {
    if (!target.starts_with(prefix)) continue;
    const std::string number = target.substr(prefix.size());
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) return UniqueFd();
    // A magic link, followed on purpose. What is no place of the tree's mounts, the kernel mounts nothing on.
    return check_fd(openat(caller, ("fd/" + number).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                    "open the target");
  }
  return UniqueFd();
}

MountCall read_mount_call(int listener, const seccomp_notif& notice, int processes, uint64_t capabilities) {
  const std::string name = std::to_string(notice.pid);
  UniqueFd caller =
      check_fd(openat(processes, name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open the caller");
  require_root(caller.get(), capabilities);
  // Also of a program that is not to be looked into, as one that is set-user-id.
  const pid_t memory = static_cast<pid_t>(notice.pid);
  MountCall call{.is_umount = notice.data.nr == SYS_umount2,
                 .flags = notice.data.args[notice.data.nr == SYS_umount2 ? 1 : 3]};
  const unsigned target = call.is_umount ? 0 : 1;
  call.target = read_text(memory, notice.data.args[target], PATH_MAX - 1);
  if (call.target.empty()) fail("find the target", ENOENT);
  if (!call.is_umount) {
    call.source = read_if_given(memory, notice.data.args[0], PATH_MAX - 1);
    call.type = read_if_given(memory, notice.data.args[2], kNameMost);
    call.options = read_if_given(memory, notice.data.args[4], kPage - 1);
  }
  if (!call.is_umount) call.place = own_descriptor(caller.get(), call.target);
  if (call.target[0] != '/') call.target = working_directory(caller.get()) + "/" + call.target;
  call.root =
      check_fd(openat(caller.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC), "open the caller's root");
  // Only now is all of this known to be of the process that waits, and not of another with its number.
  check(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &notice.id), "find the caller");
  return call;
}
