#pragma once

/**
 * Looks at the files of the tree that it runs in, as a program of that tree like any other: with its ids, its
 * groups and its filter. Follows no link, opens nothing but directories and regular files, and ends itself
 * after two seconds.
 *
 * `files list PATH`: up to 2,000 names of a directory, as many as 1 MiB holds, each as eight fields that end in
 * NUL: kind, mode (octal), uid, gid, size, time of change (seconds), name, target of a link; then one field `end`
 * or `more`.
 * `files read PATH`: up to 1 MiB and one byte of a regular file.
 * Exit: 0; otherwise errno, with the step on standard error.
 */
int run_files(int count, char** arguments);
