#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

#include "report.h"
#include "xray.h"

static std::string name_of(pid_t pid) {
  std::string name = whole_text("/proc/" + std::to_string(pid) + "/comm");
  if (name.ends_with('\n')) name.pop_back();
  return name.empty() ? "without a name" : name;
}

/** By its listing, and by asking for each number: the hook of 2005 covered only the first. */
void see_processes() {
  const pid_t self = getpid();
  int listed = 0, answering = 0;
  if (DIR* directory = opendir("/proc")) {
    while (dirent* entry = readdir(directory)) {
      const pid_t pid = std::atoi(entry->d_name);
      if (!isdigit(static_cast<unsigned char>(entry->d_name[0]))) continue;
      listed++;
      if (pid != self) found("process", pid == 1 ? "1" : "another", name_of(pid));
    }
    closedir(directory);
  }
  const int most = std::min(std::atoi(whole_text("/proc/sys/kernel/pid_max").c_str()), 1 << 22);
  for (pid_t pid = 1; pid <= (most > 0 ? most : 32768); pid++)
    if (kill(pid, 0) == 0 || errno == EPERM) answering++;
  found("process", "in the listing", std::to_string(listed));
  found("process", "answers when asked by number", std::to_string(answering));
  const pid_t first = getppid();
  found("process", "its parent", first == 0 ? "outside" : "inside");
}
