#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string>
#include <vector>

#include "report.h"
#include "xray.h"

namespace {

constexpr size_t kMostFiles = 200'000;
constexpr int kDeepest = 12;
size_t seen;

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  if (DIR* stream = opendir(directory.c_str())) {
    while (const dirent* entry = readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(stream);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_number(const std::string& name) { return std::all_of(name.begin(), name.end(), isdigit); }

/** Opening is all: nothing is written, and nothing is cut off. */
void try_to_open(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (file < 0) return;
  close(file);
  found("kernel-file", path, "opens for writing");
}

void walk(const std::string& directory, int depth) {
  if (depth > kDeepest || seen > kMostFiles) return;
  for (const std::string& name : names_in(directory)) {
    // Processes have a group of their own; ours stands for all of the same user.
    if (directory == "/proc" && (is_number(name) || name == "thread-self")) continue;
    if (directory == "/proc/self" && (name == "fd" || name == "fdinfo" || name == "task" || name == "map_files"))
      continue;
    const std::string path = directory + "/" + name;
    struct stat status {};
    if (lstat(path.c_str(), &status) < 0) continue;
    seen++;
    if (S_ISDIR(status.st_mode))
      walk(path, depth + 1);
    // Of our own process there is one of everything, and root opens what nobody can write.
    else if (S_ISREG(status.st_mode) && (!path.starts_with("/proc/self/") || (status.st_mode & 0222)))
      try_to_open(path);
  }
}

/** What the host keeps to itself: bytes of it are a leak, an empty file is not. */
constexpr const char* kPrivate[] = {
    "/proc/kcore",          "/proc/kmsg",        "/proc/kallsyms",     "/proc/keys",       "/proc/key-users",
    "/proc/timer_list",     "/proc/sched_debug", "/proc/config.gz",    "/proc/cmdline",    "/proc/slabinfo",
    "/proc/vmallocinfo",    "/proc/iomem",       "/proc/ioports",      "/proc/interrupts", "/proc/modules",
    "/proc/kpagecount",     "/proc/kpageflags",  "/proc/partitions",   "/proc/diskstats",  "/proc/mtrr",
    "/proc/sysrq-trigger",  "/proc/uptime",      "/proc/loadavg",      "/proc/stat",       "/proc/meminfo",
    "/proc/version",        "/proc/pressure/cpu", "/proc/swaps",       "/proc/locks",      "/proc/zoneinfo",
    "/proc/latency_stats",  "/proc/buddyinfo",   "/proc/pagetypeinfo", "/proc/softirqs",   "/proc/cpuinfo",
    "/proc/sys/kernel/random/boot_id"};

}  // namespace

void see_kernel_files() {
  for (const char* top : {"/proc", "/proc/self", "/sys"}) walk(top, 0);
  if (seen > kMostFiles) found("walk", "kernel files", "more than " + std::to_string(kMostFiles) + ": cut short");
  for (const char* path : kPrivate) {
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) continue;
    char byte;
    if (read(file, &byte, 1) == 1) found("kernel-read", path, "can be read");
    close(file);
  }
}
