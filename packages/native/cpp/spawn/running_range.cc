#include "running_range.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdio>
#include <ctime>
#include <string>

#include "failure.h"
#include "mutant.h"
#include "process_identity.h"

/** As /proc/PID/stat tells when a process began: hundredths of a second since the boot. */
static unsigned long long now_in_ticks() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<unsigned long long>(now.tv_sec) * 100 +
         static_cast<unsigned long long>(now.tv_nsec) / 10'000'000;
}

static UniqueFd open_record(const std::string& path) {
  const auto open_it = [&] { return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600); };
  int record = open_it();
  if (record < 0 && errno == ENOENT) {
    mkdir("/run/cellblock", 0755);
    mkdir("/run/cellblock/ids", 0755);
    record = open_it();
  }
  return check_fd(record, "open " + path);
}

/** A number is given away again, but not to a process that began before it was written down. */
static bool is_running(pid_t pid, unsigned long long known_at) {
  const uint64_t began = start_time_of(pid);
  if (began == 0 || began > known_at) return false;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{process.get(), POLLIN, 0};
  return process && poll(&ended, 1, 0) == 0;
}

RunningRange RunningRange::take(uint32_t base) {
  if (leaves_out("running-range")) return RunningRange(UniqueFd());
  const std::string first_id = std::to_string(base);
  UniqueFd record = open_record("/run/cellblock/ids/" + first_id + ".tree");
  if (flock(record.get(), LOCK_EX | LOCK_NB) < 0)
    fail("take ids from " + first_id + ": a tree is being started with them", EBUSY);
  char text[64] = {};
  if (pread(record.get(), text, sizeof text - 1, 0) < 0) fail("read who had ids from " + first_id);
  int pid = 0;
  unsigned long long known_at = 0;
  if (std::sscanf(text, "%d %llu", &pid, &known_at) == 2 && is_running(pid, known_at))
    fail("take ids from " + first_id + ": a tree that runs has them", EBUSY);
  return RunningRange(std::move(record));
}

void RunningRange::give_to(pid_t first) {
  if (!record_) return;
  char line[64];
  // Always as long: what was there before is written over.
  const int size = std::snprintf(line, sizeof line, "%10d %20llu\n", first, now_in_ticks());
  if (pwrite(record_.get(), line, static_cast<size_t>(size), 0) != size) fail("write who has the ids");
  // The first process has a copy of the descriptor, until it becomes its program.
  check(flock(record_.get(), LOCK_UN), "let go of the range");
  record_.reset();
}
