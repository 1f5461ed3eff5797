/* Debian 12's wine lacks bcryptprimitives.dll, from which Rust's standard library takes its random numbers. This stands in for it,
   beside the program, for the one function that is asked for. For tests under wine only; Windows has the real one. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size)
{
    return SystemFunction036(data, (ULONG)size);
}
