/** A 3 to 5, C 54, E 65: what another tenant hands over on a socket that both can reach (PEER: its path). */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "outcome.h"

namespace {

int connect_to_peer(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

enum Handed { kRoot, kDirectory, kProcess, kNamespace, kFile, kProcessTable, kCount };

/** The descriptor that the peer passed, or -1. */
int handed(Handed which) {
  Fd peer(connect_to_peer(told("PEER")));
  if (!peer || write(peer.get(), "pass", 4) != 4) return -1;
  char byte;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kCount)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(peer.get(), &message, MSG_CMSG_CLOEXEC) <= 0) return -1;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (!header || header->cmsg_type != SCM_RIGHTS) return -1;
  int descriptors[kCount];
  std::memcpy(descriptors, CMSG_DATA(header), sizeof descriptors);
  return descriptors[which];
}

template <typename Body>
Outcome with(Handed which, Body body) {
  if (told("PEER").empty()) return skip("no peer named");
  Fd fd(handed(which));
  return fd ? body(fd.get()) : skip("the peer passed nothing");
}

bool reads_canary(int directory) {
  const std::string canary = told("CANARY"), nonce = told("NONCE");
  if (canary.empty()) return false;
  Fd file(openat(directory, canary.c_str() + 1, O_RDONLY | O_CLOEXEC));
  char text[256] = {};
  return file && read(file.get(), text, sizeof text - 1) > 0 && std::strstr(text, nonce.c_str());
}

/** FreeBSD's CVE-2025-15576: two jails, a directory of the one in the other, and the way up. */
Outcome up_from_passed(const char* which) {
  return with(which[0] == 'r' ? kRoot : kDirectory, [](int fd) {
    int at = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 64; i++) {
      if (reads_canary(at)) return breach("the canary outside was read, " + std::to_string(i) + " up");
      const int above = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
      close(at);
      if (above < 0) return held(error_name(errno));
      at = above;
    }
    close(at);
    return held("never outside");
  });
}

Outcome process_passed(const char* what) {
  const char way = what[0];
  return with(kProcess, [&](int fd) {
    switch (way) {
      case 's':
        return must_be_refused(syscall(SYS_pidfd_send_signal, fd, SIGURG, nullptr, 0), {EINVAL});
      case 'd':
        return must_be_refused(syscall(SYS_pidfd_getfd, fd, 0, 0));
      case 'n':
        return must_be_refused(setns(fd, CLONE_NEWUTS | CLONE_NEWIPC));
      default:
        return must_be_refused(syscall(SYS_process_madvise, fd, nullptr, 0, 21, 0));
    }
  });
}

Outcome namespace_passed(const char*) {
  return with(kNamespace, [](int fd) { return must_be_refused(setns(fd, CLONE_NEWUTS)); });
}

/** Open for reading, belonging to nobody here, and its mode forbids the rest. */
Outcome file_reopened(const char*) {
  return with(kFile, [](int fd) {
    Fd again(open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_CLOEXEC));
    return again ? breach("opened for writing") : must_be_refused(-1);
  });
}

Outcome process_table_passed(const char* name) {
  return with(kProcessTable, [&](int fd) {
    Fd file(openat(fd, name, O_RDONLY | O_CLOEXEC));
    if (!file) return must_be_refused(-1);
    char byte;
    const ssize_t got = read(file.get(), &byte, 1);
    return got > 0 ? breach("read") : held(got == 0 ? "empty" : error_name(errno));
  });
}

/** How somebody tries to come out by a directory that the peer takes out of what both see. */
struct WayOut {
  /** what the peer is asked for */
  const char* order;
  /** where we stand, or what we hold, when it is taken */
  enum { kStanding, kHolding, kResolving } how;
  /** a root below the root is made first, around where we stand */
  bool in_chroot;
};

constexpr WayOut kWaysOut[] = {{"rename", WayOut::kStanding, false},  {"rename", WayOut::kHolding, false},
                               {"rename", WayOut::kResolving, false}, {"exchange", WayOut::kStanding, false},
                               {"exchange", WayOut::kHolding, false}, {"rename", WayOut::kStanding, true},
                               {"exchange", WayOut::kHolding, true}};

/** One step up; -1 at an end. */
int above(int at, const WayOut& way) {
  if (way.how != WayOut::kResolving) return openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  return static_cast<int>(syscall(SYS_openat2, at, "..", &how, sizeof how));
}

Outcome climb_out(int from, const WayOut& way) {
  int at = dup(from);
  for (int i = 0; i < 64; i++) {
    const int next = above(at, way);
    const int error = errno;
    close(at);
    if (next < 0) return held(error_name(error));
    at = next;
    if (faccessat(at, "beyond-what-is-shared", F_OK, 0) == 0)
      return close(at), breach("a file above what is shared was reached, " + std::to_string(i + 1) + " up");
  }
  close(at);
  return held("nothing above is reached");
}

/** By the working directory, as chdir goes up. */
Outcome walk_out() {
  for (int i = 0; i < 64; i++) {
    if (chdir("..") < 0) return held(error_name(errno));
    if (access("beyond-what-is-shared", F_OK) == 0) return breach("a file above what is shared was reached");
  }
  return held("nothing above is reached");
}

/** CVE-2015-2925: the peer takes the directory in which we stand, or that we hold, out of what is mounted
 * here. */
Outcome renamed_out(const char* number) {
  const WayOut& way = kWaysOut[number[0] - '0'];
  const std::string path = told("PEER");
  if (path.empty()) return skip("no peer named");
  const std::string stand = path.substr(0, path.rfind('/')) + "/stand", deep = stand + "/deep";
  const mode_t before = umask(0);
  mkdir(stand.c_str(), 0777);
  mkdir(deep.c_str(), 0777);
  umask(before);
  Fd peer(connect_to_peer(path));
  Fd kept(open(deep.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!kept || (way.how == WayOut::kStanding && fchdir(kept.get()) < 0)) return skip("no directory to hold");
  // Where the profile refuses it, there is one root to come out of and not two.
  if (way.in_chroot && chroot(stand.c_str()) < 0 && errno != EPERM && errno != ENOSYS)
    return skip("chroot: " + error_name(errno));
  const ssize_t size = static_cast<ssize_t>(std::strlen(way.order));
  char answer = '-';
  if (!peer || write(peer.get(), way.order, static_cast<size_t>(size)) != size ||
      read(peer.get(), &answer, 1) != 1)
    return skip("the peer did not answer");
  if (answer != 'y') return skip("the peer could not rename");
  const Outcome outcome = way.how == WayOut::kStanding ? walk_out() : climb_out(kept.get(), way);
  // It takes away what it took.
  if (write(peer.get(), "k", 1) != 1) return outcome;
  return outcome;
}

/** Below a second root, with the peer's own root in hand. */
Outcome passed_into_chroot(const char*) {
  return with(kRoot, [](int fd) {
    const std::string below = scratch_directory();
    if (below.empty()) return skip("no directory to write in");
    const bool changed = chroot(below.c_str()) == 0;
    if (fchdir(fd) < 0) return held(error_name(errno));
    for (int i = 0; i < 64; i++)
      if (reads_canary(AT_FDCWD))
        return breach("the canary outside was read");
      else if (chdir("..") < 0)
        return held(error_name(errno));
    return held(changed ? "never outside" : "chroot is refused, and nothing leads outside");
  });
}

constexpr Probe kProbes[] = {
    {"passed-root", 3, 'A', "CVE-2025-15576", "a peer's root, passed as a descriptor, leads no higher",
     up_from_passed, "root"},
    {"passed-directory", 3, 'A', "CVE-2025-15576",
     "a peer's directory, passed as a descriptor, leads to its root at most", up_from_passed, "directory"},
    {"passed-process-signalled", 65, 'E', "", "a peer's pidfd sends no signal", process_passed, "signal"},
    {"passed-process-descriptors", 65, 'E', "", "a peer's pidfd gives no descriptor", process_passed,
     "descriptors"},
    {"passed-process-entered", 54, 'C', "", "a peer's pidfd is not entered", process_passed, "namespaces"},
    {"passed-process-advised", 65, 'E', "", "a peer's memory is not advised", process_passed, "memory"},
    {"passed-namespace", 54, 'C', "", "a peer's namespace is not entered", namespace_passed, ""},
    {"passed-file", 4, 'A', "", "a peer's read-only file is not opened again for writing", file_reopened, ""},
    {"passed-table-environment", 65, 'E', "", "a peer's /proc/self gives no environment",
     process_table_passed, "environ"},
    {"passed-table-memory", 65, 'E', "", "a peer's /proc/self gives no address space", process_table_passed,
     "maps"},
    {"renamed-out", 5, 'A', "CVE-2015-2925",
     "a directory that a peer took out of what is shared leads nowhere", renamed_out, "0"},
    {"renamed-out-held", 5, 'A', "CVE-2015-2925", "nor does a descriptor of it, by openat", renamed_out, "1"},
    {"renamed-out-resolved", 5, 'A', "CVE-2015-2925", "nor by openat2 without RESOLVE_ flags", renamed_out,
     "2"},
    {"renamed-out-exchanged", 5, 'A', "CVE-2015-2925", "nor when the peer puts another in its place",
     renamed_out, "3"},
    {"renamed-out-exchanged-held", 5, 'A', "CVE-2015-2925", "nor does a descriptor of what was exchanged",
     renamed_out, "4"},
    {"renamed-out-of-chroot", 5, 'A', "CVE-2015-2925",
     "a root below the root, out of which a peer takes the directory, leads nowhere", renamed_out, "5"},
    {"renamed-out-of-chroot-held", 5, 'A', "CVE-2015-2925", "nor does a descriptor that was kept over chroot",
     renamed_out, "6"},
    {"passed-into-chroot", 3, 'A', "CVE-2025-15576",
     "a peer's root, entered from a root below the root, leads no higher", passed_into_chroot, ""},
};

}  // namespace

Probes peer_probes() { return kProbes; }
