#pragma once

#include "unique_fd.h"

void send_descriptor(int socket, int descriptor);

/** Empty when the other side has gone. */
UniqueFd receive_descriptor(int socket);
