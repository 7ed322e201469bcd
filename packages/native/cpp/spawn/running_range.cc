#include "running_range.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include "failure.h"
#include "mutant.h"
#include "process_identity.h"

/** What is left of a start that was killed is gone within a moment; a tree that runs is not. */
constexpr int kTries = 50;
constexpr useconds_t kWaitUs = 5000;

/** As /proc/PID/stat tells when a process began: hundredths of a second since the boot. */
static unsigned long long now_in_ticks() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<unsigned long long>(now.tv_sec) * 100 +
         static_cast<unsigned long long>(now.tv_nsec) / 10'000'000;
}

static UniqueFd open_record(const std::string& path) {
  // An agent that leaves takes the directories away when they are empty.
  for (int tries = 0;; tries++) {
    const int record = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (record >= 0 || errno != ENOENT || tries == 3) return check_fd(record, "open " + path);
    mkdir("/run/cellblock", 0755);
    mkdir("/run/cellblock/ids", 0755);
  }
}

/** A number is given away again, but not to a process that began before it was written down. */
static bool is_running(pid_t pid, unsigned long long known_at) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) {
    // EINVAL: somebody's thread has the number now.
    if (errno == ESRCH || errno == EINVAL) return false;
    fail("look for process " + std::to_string(pid) + ", which had the range last");
  }
  pollfd ended{process.get(), POLLIN, 0};
  if (poll(&ended, 1, 0) != 0) return false;
  return start_time_of(pid) <= known_at;
}

/** Takes the lock of the record; empty where nobody has the range, otherwise who does, in words. */
static std::string who_has(int record) {
  if (flock(record, LOCK_EX | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail("lock who has the range");
    return "a tree is being started with them";
  }
  char text[128] = {};
  if (pread(record, text, sizeof text - 1, 0) < 0) fail("read who has the range");
  text[std::strcspn(text, "\n")] = 0;
  int pid = 0;
  unsigned long long known_at = 0;
  char boot[37] = {};
  const int known = std::sscanf(text, "%d %llu %36s", &pid, &known_at, boot);
  // Nobody outlives his boot; of an earlier version's line it is not known.
  const bool is_known = known == 2 || (known == 3 && boot == boot_id());
  return is_known && is_running(pid, known_at) ? "a tree that runs has them" : "";
}

RunningRange RunningRange::take(uint32_t base) {
  if (leaves_out("running-range")) return RunningRange(UniqueFd());
  const std::string first_id = std::to_string(base);
  UniqueFd record = open_record("/run/cellblock/ids/" + first_id + ".tree");
  for (int tries = 0;; tries++) {
    const std::string holder = who_has(record.get());
    if (holder.empty()) return RunningRange(std::move(record));
    if (tries == kTries) fail("take ids from " + first_id + ": " + holder, EBUSY);
    usleep(kWaitUs);
  }
}

void RunningRange::give_to(pid_t first) {
  if (!record_) return;
  char line[128];
  // Always as long: what was there before is written over.
  const int size =
      std::snprintf(line, sizeof line, "%10d %20llu %36s\n", first, now_in_ticks(), boot_id().c_str());
  if (pwrite(record_.get(), line, static_cast<size_t>(size), 0) != size) fail("write who has the ids");
  // The first process has a copy of the descriptor, until it becomes its program.
  check(flock(record_.get(), LOCK_UN), "let go of the range");
  record_.reset();
}
