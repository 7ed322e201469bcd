/** H: limits hold. Each takes a little more than it should get, and gives it back. */
#include <fcntl.h>
#include <mqueue.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "outcome.h"

namespace {

Outcome many_processes(const char*) {
  const long limit = told_number("PIDS_LIMIT");
  if (limit <= 0) return skip("no limit of processes named");
  std::vector<pid_t> made;
  while (static_cast<long>(made.size()) <= limit) {
    const pid_t child = fork();
    if (child < 0) break;
    if (child == 0) {
      pause();
      _exit(0);
    }
    made.push_back(child);
  }
  const int error = errno;
  for (const pid_t child : made) kill(child, SIGKILL);
  for (const pid_t child : made) waitpid(child, nullptr, 0);
  if (static_cast<long>(made.size()) > limit) return breach(std::to_string(made.size()) + " processes");
  return held(std::to_string(made.size()) + " processes, then " + error_name(error));
}

/** In a child: whoever exceeds is killed, and nobody else. */
Outcome in_child(bool (*exceeds)(size_t bytes)) {
  const long limit = told_number("MEMORY_LIMIT");
  if (limit <= 0) return skip("no limit of memory named");
  const pid_t child = fork();
  if (child < 0) return skip("no process: " + error_name(errno));
  if (child == 0) {
    // The first to go.
    Fd score(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    if (score && write(score.get(), "1000", 4) < 0) _exit(3);
    _exit(exceeds(static_cast<size_t>(limit) + (16UL << 20)) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return held("killed by signal " + std::to_string(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0 ? breach("more than the limit was had") : held("refused");
}

bool touch(size_t bytes) {
  char* memory = static_cast<char*>(
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  if (memory == MAP_FAILED) return false;
  for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
  return true;
}

bool fill(int fd, size_t bytes) {
  static char block[1 << 16];
  std::memset(block, 1, sizeof block);
  for (size_t at = 0; at < bytes; at += sizeof block)
    if (write(fd, block, sizeof block) != sizeof block) return false;
  return true;
}

bool fill_memory_file(size_t bytes) { return fill(memfd_create("probe", 0), bytes); }

bool fill_shared(size_t bytes) {
  const int fd = open("/dev/shm/.probe", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  unlink("/dev/shm/.probe");
  return fd >= 0 && fill(fd, bytes);
}

bool fill_segment(size_t bytes) {
  const int segment = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
  if (segment < 0) return false;
  char* memory = static_cast<char*>(shmat(segment, nullptr, 0));
  shmctl(segment, IPC_RMID, nullptr);
  if (memory == reinterpret_cast<char*>(-1)) return false;
  for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
  return true;
}

Outcome memory(const char*) { return in_child(touch); }
Outcome memory_file(const char*) { return in_child(fill_memory_file); }
Outcome shared_memory(const char*) { return in_child(fill_shared); }
Outcome memory_segment(const char*) { return in_child(fill_segment); }

/** /dev is memory of the host's, and for a handful of names. */
Outcome devices_filled(const char*) {
  Fd file(open("/dev/.probe", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return must_be_refused(-1);
  unlink("/dev/.probe");
  return fill(file.get(), 1 << 20) ? breach("1 MiB was put there") : held(error_name(errno));
}

Outcome root_filled(const char*) {
  Fd file(open("/.probe", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (!file) return must_be_refused(-1);
  unlink("/.probe");
  return breach("something can be put there");
}

Outcome many_descriptors(const char*) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const long most = 1 << 20;
  long made = 0;
  while (made <= most && dup(0) >= 0) made++;
  return made > most ? breach(std::to_string(made) + " descriptors")
                     : held(std::to_string(made) + " descriptors, then " + error_name(errno));
}

/** The soft limit that programs begin with: select() knows no more. */
Outcome soft_descriptors(const char*) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur <= 1024 ? held(std::to_string(limit.rlim_cur))
                                : breach(std::to_string(limit.rlim_cur));
}

Outcome many_watches(const char*) {
  int made = 0;
  while (made < 4096 && inotify_init1(IN_CLOEXEC) >= 0) made++;
  return made < 4096 ? held(std::to_string(made) + ", then " + error_name(errno)) : breach("4096 and no end");
}

Outcome many_queues(const char*) {
  int made = 0;
  std::string last;
  for (; made < 1024; made++) {
    last = "/probe-" + std::to_string(getpid()) + "-" + std::to_string(made);
    mq_attr attributes{};
    attributes.mq_maxmsg = 1;
    attributes.mq_msgsize = 1;
    const mqd_t queue = mq_open(last.c_str(), O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (queue < 0) break;
    mq_close(queue);
  }
  const int error = errno;
  for (int i = 0; i < made; i++)
    mq_unlink(("/probe-" + std::to_string(getpid()) + "-" + std::to_string(i)).c_str());
  return made < 1024 ? held(std::to_string(made) + ", then " + error_name(error)) : breach("1024 and no end");
}

/** Pipes larger than the kernel gives to anybody but root of the host. */
Outcome large_pipe(const char*) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return skip("no pipe");
  return must_be_refused(fcntl(ends[1], F_SETPIPE_SZ, 64 << 20));
}

constexpr Probe kProbes[] = {
    {"bomb-processes", 128, 'H', "", "no more processes than the limit", many_processes, ""},
    {"bomb-memory", 129, 'H', "", "no more memory than the limit", memory, ""},
    {"bomb-memory-file", 129, 'H', "", "nor by memfd", memory_file, ""},
    {"bomb-shared-memory", 129, 'H', "", "nor by /dev/shm", shared_memory, ""},
    {"bomb-memory-segment", 129, 'H', "", "nor by a SysV segment", memory_segment, ""},
    {"bomb-devices", 129, 'H', "", "/dev takes no more than its names", devices_filled, ""},
    {"bomb-root", 129, 'H', "", "/ takes nothing, where it is memory", root_filled, ""},
    {"bomb-descriptors", 130, 'H', "", "descriptors are bounded", many_descriptors, ""},
    {"soft-descriptors", 130, 'H', "", "the soft limit is the usual one", soft_descriptors, ""},
    {"bomb-watches", 131, 'H', "", "inotify is bounded", many_watches, ""},
    {"bomb-queues", 129, 'H', "", "message queues are bounded", many_queues, ""},
    {"bomb-pipe", 129, 'H', "", "a pipe is no larger than the kernel gives to users", large_pipe, ""},
};

}  // namespace

Probes exhaustion_probes() { return kProbes; }
