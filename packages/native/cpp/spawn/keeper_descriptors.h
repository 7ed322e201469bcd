#pragma once

/** What `spawn` opens for `keeper`, at which number. The keeper could open none of it by itself. */
constexpr int kLock = 3;
constexpr int kExitFile = 4;
constexpr int kConsoleRing = 5;
constexpr int kListenSocket = 6;
constexpr int kConsolePipe = 7;
constexpr int kFirstProcess = 8;
constexpr int kReportPipe = 9;
/** The other end of the tree's /dev/console; closed where it has none. */
constexpr int kConsoleTerminal = 10;
constexpr int kKeeperDescriptorsEnd = 11;
