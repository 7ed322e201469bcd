#include "become_keeper.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "capabilities.h"
#include "crash_point.h"
#include "failure.h"
#include "keeper_descriptors.h"

static void execute_keeper(int program, const KeeperStart& start) {
#ifdef CRASH_POINTS
  leave_crash_points_to_keeper();
  check(close_range(kCrashDirectory + 1, ~0U, CLOSE_RANGE_CLOEXEC), "close descriptors");
#else
  check(close_range(kKeeperDescriptorsEnd, ~0U, CLOSE_RANGE_CLOEXEC), "close descriptors");
#endif
  check(chdir("/"), "enter /");
  bound_capabilities(0);
  check(setgroups(0, nullptr), "drop groups of keeper");
  check(setresgid(start.gid, start.gid, start.gid), "become keeper's group");
  check(setresuid(start.uid, start.uid, start.uid), "become keeper's user");
  hold_capabilities(0);
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
  const std::string first = std::to_string(start.first);
  char name[] = "keeper";
  char* arguments[] = {name, const_cast<char*>(first.c_str()), nullptr};
  char* environment[] = {nullptr};
  CRASH_POINT("spawn is about to be the keeper");
  execveat(program, "", arguments, environment, AT_EMPTY_PATH);
  fail("execute keeper");
}

void become_keeper(const RunDirectory& run, const KeeperStart& start) {
  const int wanted[][2] = {{run.lock.get(), kLock},
                           {run.exit_file.get(), kExitFile},
                           {run.ring.get(), kConsoleRing},
                           {run.listener.get(), kListenSocket},
                           {start.console_pipe, kConsolePipe},
                           {start.first_process, kFirstProcess},
                           {start.report, kReportPipe},
                           {start.terminal, kConsoleTerminal}};
  // First out of the way, then to their places: none may land on another that is still to be moved.
  int moved[std::size(wanted)];
  for (size_t i = 0; i < std::size(wanted); i++)
    moved[i] = wanted[i][0] < 0
                   ? -1
                   : check(fcntl(wanted[i][0], F_DUPFD_CLOEXEC, 64), "pass descriptor to keeper");
  const int program = check(fcntl(start.program, F_DUPFD_CLOEXEC, 64), "pass descriptor to keeper");
  for (size_t i = 0; i < std::size(wanted); i++)
    // A number at which nothing is says that the tree has no such thing.
    if (moved[i] < 0)
      close(wanted[i][1]);
    else
      check(dup2(moved[i], wanted[i][1]), "pass descriptor to keeper");
  try {
    execute_keeper(program, start);
  } catch (const Failure& failure) {
    // Neither the builder's descriptors nor its rights are left: whoever asked ends the tree, as that of a builder
    // that was killed. An error without a number tells it to.
    report(kReportPipe, {failure.step + ": " + std::strerror(failure.error), 0});
  }
  _exit(1);
}
