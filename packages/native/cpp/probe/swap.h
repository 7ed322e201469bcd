#pragma once

/** Exchanges two names as fast as it can, for as many seconds: what follows one of them is led astray. */
int swap(const char* one, const char* other, const char* seconds);
