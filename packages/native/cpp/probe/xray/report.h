#pragma once

#include <string>

/** One line of a walk: group, item and detail, tab between them; bytes that would break a line are escaped. */
void found(const char* group, const std::string& item, const std::string& detail);
/** The name of an errno, as in errno(3): `EPERM`; its number when it has none here. */
std::string name_of_error(int error);
/** The whole file, or "" when it cannot be read; at most a megabyte. */
std::string whole_text(const std::string& path);
