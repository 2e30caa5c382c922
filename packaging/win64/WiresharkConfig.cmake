# Stands in for the CMake package of Wireshark, of which Windows has none: the headers of Debian's wireshark-dev
# and import libraries made from the names that Debian's libraries export (packaging/windows).
#
# Wants TCPRST_SERIES ("4.4"), TCPRST_HEADERS (the folder of epan/packet.h) and TCPRST_IMPORTS (libepan.a, ...).
#
# SPDX-License-Identifier: GPL-2.0-or-later
string(REPLACE "." ";" series "${TCPRST_SERIES}")
list(GET series 0 Wireshark_MAJOR_VERSION)
list(GET series 1 Wireshark_MINOR_VERSION)
set(Wireshark_INCLUDE_DIR "${TCPRST_HEADERS}")
set(Wireshark_PLUGIN_INSTALL_DIR "plugins/${TCPRST_SERIES}")

foreach(library epan wsutil)
  add_library(${library} SHARED IMPORTED)
  set_target_properties(${library} PROPERTIES IMPORTED_IMPLIB "${TCPRST_IMPORTS}/lib${library}.a")
endforeach()
set_target_properties(epan PROPERTIES INTERFACE_LINK_LIBRARIES wsutil)
