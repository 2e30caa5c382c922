# Debian's MinGW-w64 for 64-bit Windows with the universal C runtime, whose DLLs every Windows since 10 has.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32ucrt-gcc)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
# No DLL of the compiler's own, and nothing in the file but what Windows loads.
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-static-libgcc")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-static-libgcc -s")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static-libgcc")
# Every official build of the Wiresharks in question has a GLib at least as new: Wireshark 4.4 asks for 2.54.
add_compile_definitions(GLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_54 GLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_54)
