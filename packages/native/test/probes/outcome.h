#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One line per attempt: its name, and `ok` or the name of errno. */
static inline void tell(const char *name, long result) {
  printf("%s %s\n", name, result < 0 ? strerrorname_np(errno) : "ok");
  fflush(stdout);
}
