#pragma once

/** Leaves the mount broker with the system calls that it needs. */
void confine_broker();
