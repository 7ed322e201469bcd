#pragma once

/**
 * Plays the one who is attacked, and hands over what a tenant might hand over. Writes to DIRECTORY/victim its
 * facts, a `name value` line each, and a nonce into its memory; serves on DIRECTORY/victim.sock whoever
 * connects: passes its root, a directory, a pidfd of itself, a namespace and a file, and does what it is
 * asked. Says with `signalled N` in DIRECTORY/harm when a signal reached it. Does not return.
 */
int be_victim(const char* directory);
