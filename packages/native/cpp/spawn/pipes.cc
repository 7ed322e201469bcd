#include "pipes.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "failure.h"

Pipe make_pipe() {
  int fds[2];
  check(pipe2(fds, O_CLOEXEC), "make pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

SocketPair make_socket_pair() {
  int fds[2];
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), "make socket pair");
  return SocketPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}
