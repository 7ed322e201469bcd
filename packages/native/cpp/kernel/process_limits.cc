#include "process_limits.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

#include "kernel_error.h"
#include "pidfd.h"

namespace kernel {
namespace {

constexpr struct {
  const char* name;
  __rlimit_resource number;
  /// In /proc/PID/limits.
  const char* words;
} kResources[] = {{"as", RLIMIT_AS, "Max address space"},
                  {"core", RLIMIT_CORE, "Max core file size"},
                  {"cpu", RLIMIT_CPU, "Max cpu time"},
                  {"data", RLIMIT_DATA, "Max data size"},
                  {"fsize", RLIMIT_FSIZE, "Max file size"},
                  {"memlock", RLIMIT_MEMLOCK, "Max locked memory"},
                  {"msgqueue", RLIMIT_MSGQUEUE, "Max msgqueue size"},
                  {"nofile", RLIMIT_NOFILE, "Max open files"},
                  {"nproc", RLIMIT_NPROC, "Max processes"},
                  {"sigpending", RLIMIT_SIGPENDING, "Max pending signals"},
                  {"stack", RLIMIT_STACK, "Max stack size"}};

std::string amount(uint64_t value) { return value == RLIM_INFINITY ? "none" : std::to_string(value); }

uint64_t to_amount(const std::string& text) { return text == "unlimited" ? RLIM_INFINITY : std::stoull(text); }

/// Without CAP_SYS_RESOURCE of the host, whoever enters the user namespace of the process holds that of the namespace:
/// enough for every limit but one that is raised. Another process does it, since a thread cannot go there.
int set_from_its_namespace(pid_t pid, __rlimit_resource resource, const rlimit64& limit) {
  const UniqueFd space(open(("/proc/" + std::to_string(pid) + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  if (!space) return errno;
  const pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0) {
    // Only calls of the kernel: other threads may hold any lock.
    if (setns(space.get(), CLONE_NEWUSER) < 0) _exit(errno);
    _exit(prlimit64(pid, resource, &limit, nullptr) < 0 ? errno : 0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

}  // namespace

std::optional<std::vector<std::pair<std::string, ProcessLimit>>> read_process_limits(pid_t pid) {
  // Not by prlimit(2): that takes the right to change them.
  const std::string path = "/proc/" + std::to_string(pid) + "/limits";
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd) fail("read " + path);
  char buffer[8192];
  const ssize_t size = read(fd.get(), buffer, sizeof buffer);
  if (size < 0 && errno == ESRCH) return std::nullopt;
  if (size < 0) fail("read " + path);
  if (size == 0) return std::nullopt;
  const std::string text(buffer, static_cast<size_t>(size));
  std::vector<std::pair<std::string, ProcessLimit>> limits;
  for (const auto& resource : kResources) {
    const size_t at = text.find(std::string("\n") + resource.words + " ");
    if (at == std::string::npos) throw KernelError("read " + path, EINVAL, resource.words);
    std::istringstream rest(text.substr(at + 1 + std::string(resource.words).size()));
    std::string soft, hard;
    rest >> soft >> hard;
    limits.emplace_back(resource.name, ProcessLimit{to_amount(soft), to_amount(hard)});
  }
  return limits;
}

void set_process_limit(pid_t pid, uint64_t start_time, const std::string& resource, ProcessLimit limit) {
  const std::string step = "set limit " + resource + " of process " + std::to_string(pid) + " to " +
                           amount(limit.soft) +
                           (limit.soft == limit.hard ? "" : ", at most " + amount(limit.hard));
  for (const auto& known : kResources) {
    if (resource != known.name) continue;
    const UniqueFd process = open_process(pid, start_time);
    const rlimit64 wanted{limit.soft, limit.hard};
    if (prlimit64(pid, known.number, &wanted, nullptr) == 0) return;
    if (errno != EPERM) fail(step);
    const int refused = set_from_its_namespace(pid, known.number, wanted);
    // EINVAL: its namespace is ours, and there is nothing else to try.
    if (refused != 0) throw KernelError(step, refused == EINVAL ? EPERM : refused);
    return;
  }
  throw KernelError(step, EINVAL, "there is no such limit");
}

bool may_raise_limits() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capget, &header, sets) < 0) fail("read the capabilities of this process");
  return (sets[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective & CAP_TO_MASK(CAP_SYS_RESOURCE)) != 0;
}

}  // namespace kernel
