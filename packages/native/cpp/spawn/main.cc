/** spawn start KEEPER | spawn exec; and, inside a tree, its init and the reader of its files. */
#include <unistd.h>

#include <cstring>

#include "confinement.h"
#include "exec_in_tree.h"
#include "files.h"
#include "init.h"
#include "start_tree.h"

static bool is(const char* a, const char* b) { return std::strcmp(a, b) == 0; }

int main(int count, char** arguments) {
  if (count == 1 && is(arguments[0], "init")) return run_init();
  if (count > 1 && is(arguments[0], "files")) return run_files(count, arguments);
  hide_from_tracers();
  if (count == 3 && is(arguments[1], "start")) start_tree(arguments[2]);
  if (count == 2 && is(arguments[1], "exec")) return exec_in_tree();
  static const char usage[] = "usage: spawn start KEEPER | spawn exec\n";
  return write(2, usage, sizeof usage - 1) < 0 ? 3 : 2;
}
