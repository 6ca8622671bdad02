#pragma once

// A kernel for several instruction sets is written once, as an .inl file: x86/<op>_<set>.cc or arm/<op>_<set>.cc includes it inside the
// namespace of its set, after vectors (vec_*.h of x86/ and arm/) and OCTET_TARGET, the attributes of a function of the set. Functions of a
// kernel are OCTET_TARGET; those that must become part of their caller are OCTET_OP.
#define OCTET_OP OCTET_TARGET __attribute__((always_inline)) inline
