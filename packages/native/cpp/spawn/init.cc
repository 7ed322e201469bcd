#include "init.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <initializer_list>

static constexpr timespec kGrace{2, 0};

/** False when no child is left. */
static bool reap() {
  pid_t ended;
  do ended = waitpid(-1, nullptr, WNOHANG);
  while (ended > 0);
  return ended == 0;
}

sigset_t block_signals_of_init() {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&awaited, signal);
  sigprocmask(SIG_BLOCK, &awaited, nullptr);
  return awaited;
}

int run_init() {
  const sigset_t awaited = block_signals_of_init();
  for (;;) {
    const int signal = sigwaitinfo(&awaited, nullptr);
    if (signal == SIGTERM || signal == SIGINT) break;
    reap();
  }
  kill(-1, SIGTERM);
  while (reap())
    if (sigtimedwait(&awaited, nullptr, &kGrace) < 0 && errno == EAGAIN) break;
  // The kernel kills whatever is left when we end.
  return 0;
}
