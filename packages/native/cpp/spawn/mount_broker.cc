#include "mount_broker.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "broker_filter.h"
#include "broker_mounts.h"
#include "capabilities.h"
#include "cgroup_join.h"
#include "confinement.h"
#include "crash_point.h"
#include "descriptor_passing.h"
#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "user_namespace.h"

namespace {

constexpr uint64_t kSysPtrace = uint64_t{1} << 19;
constexpr uint64_t kSysAdmin = uint64_t{1} << 21;
/** Of commands that `exec` started and that go on, each with a filter of its own. */
constexpr size_t kListenersMost = 512;
constexpr size_t kGuestsMost = 32;

/** Nothing else is left open: whoever holds another end waits for it to close. */
void keep_only(std::vector<int> kept) {
  std::ranges::sort(kept);
  unsigned from = 0;
  for (const int fd : kept) {
    const unsigned next = static_cast<unsigned>(fd);
    if (next > from) check(close_range(from, next - 1, 0), "close descriptors");
    from = next + 1;
  }
  check(close_range(from, ~0U, 0), "close descriptors");
}

/** On v1 and v2 another name each; where a hierarchy has neither, it does not limit memory. */
std::vector<UniqueFd> open_memory_limits(const std::vector<std::string>& procs_files) {
  std::vector<UniqueFd> files;
  for (const std::string& procs : procs_files)
    for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
      UniqueFd file(
          open((procs.substr(0, procs.rfind('/') + 1) + name).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
      if (file) files.push_back(std::move(file));
    }
  return files;
}

class Broker {
 public:
  Broker(MountSources sources, const BrokerStart& start) : sources_(std::move(sources)), start_(start) {}

  void take_listener(UniqueFd listener) {
    // Too many: whoever asks there is told that there is no such call.
    if (listeners_.size() < kListenersMost) listeners_.push_back(std::move(listener));
  }

  /** Until the first process of the tree ends. */
  void serve() {
    for (;;) {
      std::vector<pollfd> polled{{start_.first_process, POLLIN, 0}, {start_.door, POLLIN, 0}};
      for (const UniqueFd& guest : guests_) polled.push_back({guest.get(), POLLIN, 0});
      const size_t first_listener = polled.size();
      for (const UniqueFd& listener : listeners_) polled.push_back({listener.get(), POLLIN, 0});
      if (poll(polled.data(), polled.size(), -1) < 0) {
        if (errno != EINTR) poll(nullptr, 0, 100);
        continue;
      }
      if (polled[0].revents != 0) return;
      for (size_t i = listeners_.size(); i-- > 0;) hear(i, polled[first_listener + i].revents);
      for (size_t i = guests_.size(); i-- > 0;)
        if (polled[2 + i].revents != 0) hear_guest(i);
      if (polled[1].revents != 0) let_in();
    }
  }

 private:
  void let_in() {
    UniqueFd guest(accept4(start_.door, nullptr, nullptr, SOCK_CLOEXEC));
    if (guest && guests_.size() < kGuestsMost) guests_.push_back(std::move(guest));
  }
  void hear_guest(size_t at) {
    UniqueFd listener = receive_descriptor(guests_[at].get());
    if (listener) take_listener(std::move(listener));
    guests_.erase(guests_.begin() + static_cast<long>(at));
  }
  void hear(size_t at, short events) {
    if (events & POLLIN)
      answer(listeners_[at].get());
    else if (events != 0)
      // No process of its filter is left.
      listeners_.erase(listeners_.begin() + static_cast<long>(at));
  }
  void answer(int listener) {
    seccomp_notif notice;
    std::memset(&notice, 0, sizeof notice);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) < 0) return;
    seccomp_notif_resp response{};
    response.id = notice.id;
    try {
      carry_out(read_mount_call(listener, notice, sources_.processes.get(), start_.capabilities), sources_);
    } catch (const Failure& failure) {
      response.error = -failure.error;
    }
    // Whoever is gone needs no answer.
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
  }

  MountSources sources_;
  const BrokerStart& start_;
  std::vector<UniqueFd> listeners_{};
  std::vector<UniqueFd> guests_{};
};

MountSources enter(const BrokerStart& start, MountSources sources) {
  // Whose groups and namespaces are complete: it has handed over its listener.
  check(setns(start.first_process,
              CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP),
        "enter the tree");
  check(setns(start.mounts, CLONE_NEWNS), "enter the tree's mounts");
  become_root();
  sources.root = check_fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open / of the tree");
  sources.own_processes = check_fd(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /proc of the tree");
  if (!leaves_out("reserved-name"))
    sources.reserved_mount =
        mount_of(open_plain("/...", O_PATH | O_DIRECTORY, "open /... of the tree").get(), "/... of the tree");
  // Paths below it name us, which the tree's own /proc does not.
  check(fchdir(sources.processes.get()), "enter /proc of the host");
  sources.mounts_at_first = count_mounts(sources);
  bound_capabilities(kSysAdmin | kSysPtrace);
  hold_capabilities(kSysAdmin | kSysPtrace);
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
  confine_broker();
  return sources;
}

}  // namespace

void be_mount_broker(const BrokerStart& start) {
  try {
    keep_only({start.first_process, start.mounts, start.hand_over, start.door, start.failures});
    prctl(PR_SET_NAME, "mount-broker", 0, 0, 0);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP})
      ::signal(signal, SIG_IGN);
    // The groups come first: nothing we do for the tree is outside its limits.
    const Groups groups = open_groups(start.cgroup_procs_files);
    join(groups, open_procs(groups.unified));
    lower_oom_protection(0);
    MountSources sources{.memory_limits = open_memory_limits(start.cgroup_procs_files)};
    sources.processes = check_fd(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /proc");
    UniqueFd listener = receive_descriptor(start.hand_over);
    if (!listener) _exit(1);
    Broker broker(enter(start, std::move(sources)), start);
    broker.take_listener(std::move(listener));
    close(start.hand_over);
    close(start.mounts);
    close(start.failures);
    broker.serve();
    _exit(0);
  } catch (const Failure& failure) {
    // A program that has ended already needs no broker; how it ended is told by others.
    if (failure.error == ESRCH) _exit(0);
    report(start.failures, {"start the mount broker: " + failure.step, failure.error});
  }
  _exit(1);
}

UniqueFd knock_at_broker(const std::string& run_directory) {
  UniqueFd directory = open_plain(run_directory, O_PATH | O_DIRECTORY, "open runDirectory");
  // A broker that is stalled must not stall whoever brings a listener.
  UniqueFd socket_fd =
      check_fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "make socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + kBrokerDoor;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (connect(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) return UniqueFd();
  return socket_fd;
}
