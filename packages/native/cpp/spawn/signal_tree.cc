#include "signal_tree.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

#include "failure.h"
#include "paths.h"
#include "process_identity.h"

int signal_tree(const char* pid, const char* start_time, const char* signal) {
  try {
    const pid_t process = std::atoi(pid);
    if (process < 2) fail("signal process: pid must be above 1", EINVAL);
    UniqueFd target = open_process(process, std::strtoull(start_time, nullptr, 10));
    check(syscall(SYS_pidfd_send_signal, target.get(), std::atoi(signal), nullptr, 0), "signal process");
    write_all(1, "ok\n");
    return 0;
  } catch (const Failure& failure) {
    report(1, failure);
    return 1;
  }
}
