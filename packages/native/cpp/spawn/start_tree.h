#pragma once

/** Reads a spec from descriptor 0, answers on descriptor 1 with `ok` or one error line. Does not return. */
[[noreturn]] void start_tree(const char* keeper_path);
