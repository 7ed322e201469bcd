#pragma once

/**
 * Where the crash suite ends this program: `CRASH_POINT("spawn read the spec")`, one of those in
 * packages/shared/src/crash-points.ts. The program that is shipped has none.
 */
#ifdef CRASH_POINTS
#define CRASH_POINT(point) crash_here(point)

/** Opens the directory that says what is armed, while its path can still be reached. */
void arm_crash_points();
void crash_here(const char* point);

/** A keeper opens nothing: `spawn` leaves it the directory at this number. */
constexpr int kCrashDirectory = 11;
void leave_crash_points_to_keeper();
void take_crash_points_over();
#else
#define CRASH_POINT(point) static_cast<void>(0)
#endif
