#pragma once

/** From here on the keeper can only do what keeping needs; needs no_new_privs. False when the kernel refuses.
 */
bool confine_keeper();
