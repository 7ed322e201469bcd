#include "xray.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>

/** A walk that hangs would hold its twin: the host's own limit is a little longer. */
static constexpr unsigned kLongestSeconds = 90;

int xray() {
  signal(SIGPIPE, SIG_IGN);
  alarm(kLongestSeconds);
  see_descriptors();
  see_capabilities();
  see_namespaces();
  see_mounts();
  see_kernel_files();
  see_files();
  see_processes();
  see_sockets();
  see_addresses();
  see_keyrings();
  see_calls();
  std::puts("end\t\t");
  return std::fflush(stdout) == 0 ? 0 : 1;
}
