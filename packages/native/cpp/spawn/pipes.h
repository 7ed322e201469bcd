#pragma once

#include "unique_fd.h"

/** What is written to `in` is read from `out`. */
struct Pipe {
  UniqueFd out, in;
};
Pipe make_pipe();

/** Two ends of a connection that keeps messages apart and carries descriptors. */
struct SocketPair {
  UniqueFd ours, theirs;
};
SocketPair make_socket_pair();
