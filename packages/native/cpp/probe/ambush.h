#pragma once

/**
 * Lies in wait in a tree for whoever enters it. Creates SIGN when it looks, adds a byte for each look at
 * somebody, and looks at every process that comes, all the while that it is there, until it has seen COUNT of
 * them and all have gone, or SECONDS are over. Prints `got PID WHAT` for each directory that it could take
 * from one, or that one stands in, and which is not the root of both; then `saw N`.
 */
int lie_in_wait(const char* sign, const char* count, const char* seconds);
