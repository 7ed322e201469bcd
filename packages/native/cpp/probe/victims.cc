/** D 62, E 65 and 66: processes of others, by the number that the host has for them. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "outcome.h"

namespace {

/** The victim as the host numbers it, unless that number is one of our own tree: then it tells nothing. */
pid_t victim() { return static_cast<pid_t>(told_number("VICTIM")); }

bool is_of_own_tree(pid_t pid) {
  // Whoever shares our pid namespace file is one of ours, and may be asked.
  struct stat own {
  }, other{};
  if (stat("/proc/self/ns/pid", &own) < 0) return false;
  if (stat(("/proc/" + std::to_string(pid) + "/ns/pid").c_str(), &other) < 0) return false;
  return own.st_ino == other.st_ino;
}

template <typename Body>
Outcome on_victim(Body body) {
  const pid_t pid = victim();
  if (pid <= 0) return skip("no victim named");
  if (is_of_own_tree(pid)) return skip("the victim's number is one of our own");
  return body(pid);
}

Outcome seen(const char*) {
  return on_victim([](pid_t pid) {
    DIR* directory = opendir(("/proc/" + std::to_string(pid)).c_str());
    if (!directory) return must_be_refused(-1);
    closedir(directory);
    return breach("/proc shows it");
  });
}

Outcome listed(const char*) {
  DIR* directory = opendir("/proc");
  if (!directory) return held(error_name(errno));
  const std::string own = text_of("/proc/self/cgroup"), wanted = told("NONCE");
  std::string found;
  if (wanted.empty()) return skip("no nonce named");
  for (dirent* entry; (entry = readdir(directory));) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    const std::string at = "/proc/" + std::string(entry->d_name);
    // The kernel's own threads, and the victim, are of nobody here.
    if (text_of(at + "/comm") == "kthreadd\n") found += " " + std::string(entry->d_name);
  }
  closedir(directory);
  return found.empty() ? held("no process of the kernel's") : breach("shows" + found);
}

/** By counting up through all numbers: hidden means nobody answers. */
Outcome guessed(const char*) {
  long found = 0;
  std::string first;
  for (pid_t pid = 1; pid < 65536; pid++) {
    if (syscall(SYS_getpgid, pid) < 0) continue;
    if (access(("/proc/" + std::to_string(pid)).c_str(), F_OK) == 0) continue;
    found++;
    if (first.empty()) first = std::to_string(pid);
  }
  // A thread has no entry in /proc's listing, and one that just ended had one.
  return found < 3 ? held("none beyond those of /proc")
                   : breach(std::to_string(found) + " beyond those of /proc, the first " + first);
}

Outcome kernel_daemon(const char*) {
  // Number 2 is kthreadd wherever the host's process table is seen.
  const std::string name = text_of("/proc/2/comm");
  return name == "kthreadd\n" ? breach("pid 2 is kthreadd") : held("pid 2 is none of the kernel's");
}

Outcome signalled(const char*) {
  return on_victim([](pid_t pid) { return must_be_refused(kill(pid, SIGURG)); });
}

Outcome signalled_by_pidfd(const char*) {
  return on_victim([](pid_t pid) {
    Fd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!fd) return must_be_refused(-1, {EINVAL});
    if (syscall(SYS_pidfd_send_signal, fd.get(), SIGURG, nullptr, 0) < 0)
      return breach("pidfd_open found it");
    return breach("signalled");
  });
}

Outcome queued(const char*) {
  return on_victim([](pid_t pid) {
    sigval value{};
    return must_be_refused(sigqueue(pid, SIGURG, value));
  });
}

Outcome owned_signal(const char*) {
  return on_victim([](pid_t pid) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return skip("no socket pair");
    if (fcntl(pair[0], F_SETOWN, pid) < 0) return must_be_refused(-1);
    fcntl(pair[0], F_SETSIG, SIGURG);
    fcntl(pair[0], F_SETFL, O_ASYNC);
    if (write(pair[1], "x", 1) < 0) return held(error_name(errno));
    return fcntl(pair[0], F_GETOWN) == pid ? breach("made owner of a descriptor") : held("not its owner");
  });
}

Outcome timer_signal(const char*) {
  return on_victim([](pid_t pid) {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGURG;
    event._sigev_un._tid = pid;
    int timer = 0;
    return must_be_refused(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer), {EINVAL});
  });
}

Outcome traced(const char*) {
  return on_victim([](pid_t pid) {
    const long result = ptrace(PTRACE_SEIZE, pid, 0, 0);
    if (result == 0) ptrace(PTRACE_DETACH, pid, 0, 0);
    return must_be_refused(result);
  });
}

Outcome memory_by_call(const char*) {
  return on_victim([](pid_t pid) {
    char seen[64] = {};
    iovec here{seen, sizeof seen};
    iovec there{reinterpret_cast<void*>(std::strtoull(told("SECRET_AT").c_str(), nullptr, 16)), sizeof seen};
    return must_be_refused(process_vm_readv(pid, &here, 1, &there, 1, 0));
  });
}

Outcome memory_written(const char*) {
  return on_victim([](pid_t pid) {
    // Nothing is written where the victim says that something lies: the last byte of its buffer.
    char byte = 0;
    iovec here{&byte, 1};
    iovec there{reinterpret_cast<void*>(std::strtoull(told("SECRET_AT").c_str(), nullptr, 16) + 63), 1};
    return must_be_refused(process_vm_writev(pid, &here, 1, &there, 1, 0));
  });
}

Outcome file_of_victim(const char* name) {
  const std::string entry = name;
  return on_victim([&](pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/" + entry;
    Fd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    return file ? breach("opened") : must_be_refused(-1);
  });
}

template <typename Call>
Outcome asked(Call call, std::initializer_list<int> also = {}) {
  return on_victim([&](pid_t pid) { return must_be_refused(call(pid), also); });
}

Outcome group_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_getpgid, pid); });
}
Outcome session_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_getsid, pid); });
}
Outcome affinity_of(const char*) {
  return asked([](pid_t pid) {
    cpu_set_t set;
    return static_cast<long>(sched_getaffinity(pid, sizeof set, &set));
  });
}
Outcome limits_of(const char*) {
  return asked([](pid_t pid) {
    rlimit limit;
    return syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, nullptr, &limit);
  });
}
Outcome priority_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_getpriority, PRIO_PROCESS, pid); });
}
Outcome set_priority_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_setpriority, PRIO_PROCESS, pid, 0); });
}
Outcome io_priority_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_ioprio_get, 1, pid); });
}
Outcome scheduler_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_sched_getscheduler, pid); });
}
Outcome clock_of(const char*) {
  return asked(
      [](pid_t pid) {
        timespec at;
        const clockid_t clock = (~static_cast<clockid_t>(pid) << 3) | 2;
        return static_cast<long>(clock_gettime(clock, &at));
      },
      {EINVAL});
}
Outcome pages_of(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_move_pages, pid, 0L, nullptr, nullptr, nullptr, 0); });
}
Outcome compared(const char*) {
  return asked([](pid_t pid) { return syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0); });
}
Outcome robust_list_of(const char*) {
  return asked([](pid_t pid) {
    void* head;
    size_t size;
    return syscall(SYS_get_robust_list, pid, &head, &size);
  });
}

/** Our own child, whom nothing but the filter protects: these calls are not for a tree at all. */
Outcome descriptor_of_child(const char*) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  Fd fd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  const Outcome outcome = must_be_refused(fd ? syscall(SYS_pidfd_getfd, fd.get(), 0, 0) : -1);
  kill(child, SIGKILL);
  return outcome;
}

Outcome queue_of_host(const char*) {
  const std::string key = told("QUEUE");
  if (key.empty()) return skip("no queue named");
  return must_be_refused(msgget(static_cast<key_t>(std::strtol(key.c_str(), nullptr, 0)), 0));
}

Outcome abstract_socket(const char*) {
  const std::string name = told("ABSTRACT");
  if (name.empty()) return skip("no abstract socket named");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 2);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no unix socket");
  return must_be_refused(connect(fd.get(), reinterpret_cast<sockaddr*>(&address),
                                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())),
                         {ECONNREFUSED});
}

Outcome loopback_of_host(const char*) {
  const long port = told_number("PORT");
  if (port == 0) return skip("no port named");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no socket");
  return must_be_refused(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
                         {ECONNREFUSED, ENETUNREACH, EHOSTUNREACH});
}

Outcome host_name(const char*) {
  const std::string host = told("HOST_NAME");
  if (host.empty()) return skip("no host name named");
  char own[256] = {};
  gethostname(own, sizeof own - 1);
  return host == own ? breach("it is the host's") : held(own);
}

Outcome host_name_set(const char*) {
  char own[256] = {};
  gethostname(own, sizeof own - 1);
  return must_be_refused(sethostname(own, std::strlen(own)));
}

Outcome domain_name_set(const char*) {
  char own[256] = {};
  if (syscall(SYS_setdomainname, own, 0) == 0) return breach("set to nothing");
  return must_be_refused(-1);
}

constexpr const char* kAsked = "nobody answers to the victim's number";

constexpr Probe kProbes[] = {
    {"victim-seen", 62, 'D', "", "/proc has no entry for it", seen, ""},
    {"victim-command-line", 62, 'D', "", "its command line is not read", file_of_victim, "cmdline"},
    {"victim-environment", 65, 'E', "", "its environment is not read", file_of_victim, "environ"},
    {"victim-root", 65, 'E', "", "its root is not entered", file_of_victim, "root/"},
    {"victim-descriptors", 65, 'E', "", "its descriptors are not listed", file_of_victim, "fd"},
    {"victim-maps", 65, 'E', "", "its address space is not shown", file_of_victim, "maps"},
    {"victim-memory", 65, 'E', "", "its memory is not opened", file_of_victim, "mem"},
    {"victim-memory-read", 65, 'E', "", "its memory is not read", memory_by_call, ""},
    {"victim-memory-written", 65, 'E', "", "its memory is not written", memory_written, ""},
    {"victim-traced", 65, 'E', "", "it is not traced", traced, ""},
    {"victim-signalled", 66, 'E', "", "no signal reaches it by kill", signalled, ""},
    {"victim-signalled-by-descriptor", 66, 'E', "", "no signal reaches it by pidfd", signalled_by_pidfd, ""},
    {"victim-signal-queued", 66, 'E', "", "no signal reaches it by sigqueue", queued, ""},
    {"victim-signal-owned", 66, 'E', "", "no signal reaches it by F_SETOWN", owned_signal, ""},
    {"victim-signal-timed", 66, 'E', "", "no signal reaches it by a timer", timer_signal, ""},
    {"victim-group", 62, 'D', "", kAsked, group_of, ""},
    {"victim-session", 62, 'D', "", kAsked, session_of, ""},
    {"victim-affinity", 62, 'D', "", kAsked, affinity_of, ""},
    {"victim-limits", 62, 'D', "", kAsked, limits_of, ""},
    {"victim-priority", 62, 'D', "", kAsked, priority_of, ""},
    {"victim-priority-set", 62, 'D', "", kAsked, set_priority_of, ""},
    {"victim-io-priority", 62, 'D', "", kAsked, io_priority_of, ""},
    {"victim-scheduler", 62, 'D', "", kAsked, scheduler_of, ""},
    {"victim-clock", 62, 'D', "", kAsked, clock_of, ""},
    {"victim-pages", 62, 'D', "", kAsked, pages_of, ""},
    {"victim-compared", 62, 'D', "", kAsked, compared, ""},
    {"victim-robust-list", 62, 'D', "", kAsked, robust_list_of, ""},
    {"processes-of-kernel", 62, 'D', "", "no thread of the kernel's is listed", listed, ""},
    {"processes-kthreadd", 62, 'D', "", "pid 2 is none of the kernel's", kernel_daemon, ""},
    {"processes-guessed", 62, 'D', "", "no number answers that /proc does not show", guessed, ""},
    {"descriptor-of-child", 65, 'E', "", "pidfd_getfd is refused", descriptor_of_child, ""},
    {"queue-of-host", 62, 'D', "", "no message queue of the host's is found", queue_of_host, ""},
    {"abstract-socket", 126, 'E', "CVE-2020-15257", "no abstract socket outside is reached", abstract_socket,
     ""},
    {"loopback-of-host", 110, 'E', "", "no service on the host's loopback is reached", loopback_of_host, ""},
    {"host-name", 82, 'E', "", "the host's name is not seen", host_name, ""},
    {"host-name-set", 82, 'E', "", "the name cannot be set, unless the profile says so", host_name_set, ""},
    {"domain-name-set", 82, 'E', "", "the domain cannot be set, unless the profile says so", domain_name_set,
     ""},
};

}  // namespace

Probes victim_probes() { return kProbes; }
