#include "signal_tree.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "crash_point.h"
#include "failure.h"
#include "paths.h"
#include "process_identity.h"

int signal_tree(const char* pid, const char* start_time, const char* signal) {
  try {
#ifdef CRASH_POINTS
    arm_crash_points();
#endif
    const pid_t process = std::atoi(pid);
    if (process < 2) fail("signal process: pid must be above 1", EINVAL);
    UniqueFd target = open_process(process, std::strtoull(start_time, nullptr, 10));
    check(syscall(SYS_pidfd_send_signal, target.get(), std::atoi(signal), nullptr, 0), "signal process");
    CRASH_POINT("spawn signalled a tree");
    write_all(1, "ok\n");
    return 0;
  } catch (const Failure& failure) {
    report(1, failure);
    return 1;
  }
}
