/** As scripts/crash/crash-hook.ts does for the programs in TypeScript. */
#include "crash_point.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "paths.h"

static int directory = -1;

void arm_crash_points() {
  const char* named = std::getenv("CELLBLOCK_CRASH");
  const char* data = std::getenv("CELLBLOCK_DATA");
  if (named == nullptr && data == nullptr) return;
  const std::string path = named != nullptr ? named : std::string(data) + "/crash";
  UniqueFd opened(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  // Out of the way of the descriptors that have fixed numbers.
  if (opened) directory = fcntl(opened.get(), F_DUPFD_CLOEXEC, 100);
}

void crash_here(const char* point) {
  if (directory < 0) return;
  UniqueFd file(openat(directory, "armed", O_RDONLY | O_CLOEXEC));
  if (!file) return;
  const std::string armed = read_all(file.get(), 4096);
  const bool stop = armed == std::string("STOP 1 ") + point + "\n";
  if (!stop && armed != std::string("KILL 1 ") + point + "\n") return;
  if (renameat(directory, "armed", directory, "struck") != 0) return;
  kill(getpid(), stop ? SIGSTOP : SIGKILL);
  // The first process of a pid namespace cannot kill itself.
  if (!stop) __builtin_trap();
}

void leave_crash_points_to_keeper() {
  if (directory >= 0) dup2(directory, kCrashDirectory);
}

void take_crash_points_over() { directory = kCrashDirectory; }
