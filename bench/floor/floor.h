#pragma once

/** Ends the program with errno's words when `result` is negative. */
void must(long result, const char* what);

/**
 * A network namespace with a veth to `bridge`: isolated port that floods and learns nothing, one v4 and one v6
 * address made from `number`, default routes. Returns its descriptor; the caller's own namespace is `home`.
 */
int make_network(int home, const char* bridge, int number);

/** How many of the ports that make_network made are left in this network namespace. */
int ports_left(void);
