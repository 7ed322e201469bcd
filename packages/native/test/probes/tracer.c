/* Waits for helpers (their file is called `program`) that enter the tree, and tries to seize each before it has
   become what it is to run. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <time.h>
#include <unistd.h>

#include "outcome.h"

static int is_helper(int pid) {
  char path[64], name[32] = "";
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  const int read = fscanf(file, "%31s", name);
  fclose(file);
  return read == 1 && !strcmp(name, "program");
}

int main(int count, char **arguments) {
  const double seconds = count > 1 ? atof(arguments[1]) : 1;
  int met = 0, seized = 0;
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  printf("tracer ready\n");
  fflush(stdout);
  do {
    for (int pid = 2; pid < 400; pid++) {
      if (pid == getpid() || !is_helper(pid)) continue;
      met++;
      if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
        // Still the helper: otherwise it had become its program in between, which anyone with its ids may trace.
        if (is_helper(pid)) seized++;
        ptrace(PTRACE_DETACH, pid, 0, 0);
      }
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 < seconds);
  printf("met %s\nseized %s\n", met > 0 ? "some" : "none", seized > 0 ? "some" : "none");
  return 0;
}
