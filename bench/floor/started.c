/** Writes into the file that is named when it began, in nanoseconds since 1970: the moment a program runs. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

int main(int count, char** arguments) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (count != 2) return 2;
  FILE* file = fopen(arguments[1], "w");
  if (file == NULL) return 1;
  fprintf(file, "%lld\n", at.tv_sec * 1000000000LL + at.tv_nsec);
  return fclose(file) == 0 ? 0 : 1;
}
