#pragma once

/**
 * `probe xray`: walks everything that code in this place can reach, and prints one line per finding. Opens for
 * writing and never writes; calls with arguments that the kernel refuses. Nothing of it depends on pids, inodes,
 * device numbers of mounts or the time, so that two walks of equal places print the same lines.
 */
int xray();

/** Each takes one kind of thing that can be reached. Descriptors come first: the others open some. */
void see_descriptors();
void see_kernel_files();
/** Devices, set-user-id files, file capabilities and what is writable, in the whole tree. */
void see_files();
void see_mounts();
void see_processes();
void see_sockets();
void see_capabilities();
void see_addresses();
void see_calls();
void see_namespaces();
void see_keyrings();
