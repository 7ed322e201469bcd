#pragma once

/**
 * Where the crash suite ends this program: `CRASH_POINT("spawn read the spec")`, one of those in
 * packages/shared/src/crash-points.ts. The program that is shipped has none.
 */
#ifdef CRASH_POINTS
#include <string>
#define CRASH_POINT(point) crash_here(point)

/** Reads what is armed while its path can still be reached: later there are other mounts. */
void arm_crash_points();
void crash_here(const char* point);

/** A keeper opens nothing: `spawn` leaves it this descriptor, and what is armed as an argument. */
constexpr int kCrashDirectory = 10;
/** Moves the directory to where the keeper expects it; empty: nothing is armed. */
std::string armed_for_keeper();
void arm_keeper(const char* armed);
#else
#define CRASH_POINT(point) static_cast<void>(0)
#endif
