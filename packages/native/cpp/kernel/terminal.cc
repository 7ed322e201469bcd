#include "terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "kernel_error.h"
#include "pidfd.h"

namespace kernel {

UniqueFd take_terminal(pid_t pid, uint64_t start_time, int descriptor) {
  const std::string step = "take the terminal of process " + std::to_string(pid);
  const UniqueFd process = open_process(pid, start_time);
  UniqueFd terminal(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), descriptor, 0)));
  if (!terminal && errno == EBADF) throw KernelError(step, ENOTTY, "it has none");
  if (!terminal) fail(step);
  int number = -1;
  if (ioctl(terminal.get(), TIOCGPTN, &number) < 0) throw KernelError(step, ENOTTY, "it is something else");
  // As the process itself has it, from its first moments on: the two share it.
  const int flags = fcntl(terminal.get(), F_GETFL);
  if (flags < 0 || fcntl(terminal.get(), F_SETFL, flags | O_NONBLOCK) < 0) fail(step);
  return terminal;
}

void size_terminal(int terminal, uint16_t rows, uint16_t columns) {
  const winsize size{rows, columns, 0, 0};
  if (ioctl(terminal, TIOCSWINSZ, &size) < 0) fail("size terminal");
}

}  // namespace kernel
