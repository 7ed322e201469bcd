/** E 64: what enters the tree from outside can be seen, and must not be had; the others hidden, where the
 * profile says so. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "outcome.h"

namespace {

template <typename Body>
Outcome on_others(Body body) {
  DIR* directory = opendir("/proc");
  if (!directory) return held(error_name(errno));
  Outcome outcome = held("nobody could be had");
  for (dirent* entry; outcome.verdict == Verdict::held && (entry = readdir(directory));)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') outcome = body(std::atoi(entry->d_name));
  closedir(directory);
  return outcome;
}

/** A process with the host's credentials: its ids are none of the tree's, its namespaces others. */
bool is_of_host(int pid) {
  struct stat own {
  }, other{};
  if (stat("/proc/self/ns/user", &own) < 0) return false;
  const std::string path = "/proc/" + std::to_string(pid);
  if (stat((path + "/ns/user").c_str(), &other) == 0) return own.st_ino != other.st_ino;
  return stat(path.c_str(), &other) == 0 && other.st_uid == 65534;
}

Outcome helper_traced(const char*) {
  return on_others([](int pid) {
    if (!is_of_host(pid) || ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) return held("nobody could be had");
    ptrace(PTRACE_DETACH, pid, 0, 0);
    return breach("traced " + std::to_string(pid));
  });
}

Outcome helper_descriptors(const char*) {
  return on_others([](int pid) {
    if (!is_of_host(pid)) return held("nobody could be had");
    Fd table(open(("/proc/" + std::to_string(pid) + "/fd").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return table ? breach("descriptors of " + std::to_string(pid)) : held("nobody could be had");
  });
}

Outcome helper_root(const char*) {
  return on_others([](int pid) {
    if (!is_of_host(pid)) return held("nobody could be had");
    Fd root(open(("/proc/" + std::to_string(pid) + "/root").c_str(), O_PATH | O_CLOEXEC));
    struct stat own {
    }, other{};
    stat("/", &own);
    return root && fstat(root.get(), &other) == 0 &&
                   (own.st_ino != other.st_ino || own.st_dev != other.st_dev)
               ? breach("root of " + std::to_string(pid))
               : held("nobody could be had");
  });
}

Outcome others_hidden(const char*) {
  return on_others([](int pid) {
    struct stat found {};
    if (stat(("/proc/" + std::to_string(pid)).c_str(), &found) < 0 || found.st_uid == getuid())
      return held("only its own");
    return breach("shows " + std::to_string(pid) + " of user " + std::to_string(found.st_uid));
  });
}

constexpr Probe kProbes[] = {
    {"helper-traced", 64, 'E', "CVE-2016-9962,CVE-2016-8649", "nobody with the host's credentials is traced",
     helper_traced, ""},
    {"helper-descriptors", 64, 'E', "CVE-2016-9962",
     "descriptors of nobody with the host's credentials are seen", helper_descriptors, ""},
    {"helper-root", 64, 'E', "CVE-2016-9962", "nobody leads to another root", helper_root, ""},
    {"processes-of-others", 62, 'D', "",
     "where the profile says so, only processes of the same user are shown", others_hidden, ""},
};

}  // namespace

Probes process_table_probes() { return kProbes; }
